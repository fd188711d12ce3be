import { joinPath } from '../../inventory/inventory.ts';
import type { RunStep, Step } from '../../plan/plan.ts';
import { all, sh } from '../../plan/shell.ts';
import { OUTPUT } from '../native-runtime.ts';
import { APP_ROOT, BUILD_STAGE } from '../run-file-steps.ts';
import { CRATES, TARGET } from './cargo-steps.ts';
import type { Program } from './programs.ts';
import type { CargoProject } from './project.ts';

/** Apps of Leptos are two: a program that serves, and what the browser gets of it. cargo-leptos builds both. */

const SITE = 'site';

/** https://book.leptos.dev/deployment/ssr.html */
export const leptosEnv = ({ package: { leptos } }: Program): Readonly<Record<string, string>> =>
  leptos ? { LEPTOS_ENV: 'PROD', LEPTOS_OUTPUT_NAME: leptos.output, LEPTOS_SITE_ROOT: SITE } : {};

export function leptosBuild({ workFolder }: CargoProject, { package: { leptos }, bin }: Program): RunStep | undefined {
  if (!leptos) return undefined;
  const site = joinPath(APP_ROOT, joinPath(workFolder, leptos.site));
  return {
    kind: 'run',
    phase: 'build',
    mounts: CRATES,
    command: all(
      sh`cargo leptos build --release`,
      sh`mkdir -p ${OUTPUT} && cp ${`${TARGET}/release/${bin.name}`} ${OUTPUT}/`,
      sh`cp -r ${site} ${`${OUTPUT}/${SITE}`}`,
    ),
    why: 'the program, and the files that it gives to browsers',
  };
}

export const leptosSite = ({ package: { leptos } }: Program): Step[] =>
  leptos
    ? [
        {
          kind: 'copy',
          from: BUILD_STAGE,
          sources: [`${OUTPUT}/${SITE}/`],
          to: `./${SITE}/`,
          why: 'the files that it gives to browsers',
        },
      ]
    : [];
