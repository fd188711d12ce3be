import type { FileStep } from './plan.ts';
import { needsShell, toArgv } from './command.ts';
import { shellOf } from './shell.ts';

/**
 * The script of `entrypoint.steps`: each step in turn, the first failure ends the container, and then the
 * program in the script's place, so that signals reach it.
 */
export function entrypointScript(steps: readonly string[]): FileStep | undefined {
  if (steps.length === 0) return undefined;
  const lines = steps.map((step) => (needsShell(step) ? step : shellOf(toArgv(step)).lines.join('')));
  return {
    kind: 'file',
    path: '/usr/local/bin/docker-entrypoint.sh',
    text: ['#!/bin/sh', 'set -eu', ...lines, 'exec "$@"', ''].join('\n'),
    chmod: '755',
    why: 'the steps that the manifest asks for before the program',
  };
}
