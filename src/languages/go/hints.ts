import { resolveTarget } from '../../inventory/inventory.ts';
import { toArgv } from '../../plan/command.ts';
import type { Evidence } from '../../plan/plan.ts';
import type { GoProject } from './project.ts';

/** What other files of the project say about its programs: how it is built elsewhere, and how it is started. */

const BUILD_FILES = /^(Dockerfile|Makefile|GNUmakefile|makefile|[Jj]ustfile|Taskfile\.ya?ml|\.goreleaser\.ya?ml)$/;

export const isHintFile = (path: string): boolean => BUILD_FILES.test(path.slice(path.lastIndexOf('/') + 1));

/** A package argument of `go build`, or goreleaser's `main:`. */
const PACKAGE = /(?:\bgo\s+(?:build|install|run)\b[^\n]*?|^\s*main:\s*"?)(\.\/[\w./-]+|cmd\/[\w./-]+)/gm;

/** Folders of programs, each named by a file of the project as the only one that it builds. */
export function hintedFolders({ inventory, member, packages }: GoProject): string[] {
  const files = inventory.names(member).filter((name) => BUILD_FILES.test(name));
  return files.flatMap((name) => {
    const file = member === '' ? name : `${member}/${name}`;
    const text = (inventory.text(file) ?? '').replaceAll('\\\n', ' ');
    const named = [...text.matchAll(PACKAGE)]
      .map((m) => resolveTarget(file, (m[1] ?? '').replace(/\/[\w-]+\.go$/, '')) ?? '')
      .filter((folder) => packages.has(folder));
    const distinct = [...new Set(named)];
    return distinct.length === 1 ? distinct : [];
  });
}

export interface Started {
  readonly argv: readonly string[];
  readonly from: Evidence;
}

/** The `web` line of a Procfile, where it starts a program without a shell. https://devcenter.heroku.com/articles/procfile */
export function procfileStart({ inventory, member }: GoProject): Started | undefined {
  const file = member === '' ? 'Procfile' : `${member}/Procfile`;
  const lines = (inventory.text(file) ?? '').split('\n');
  const at = lines.findIndex((line) => /^web\s*:/.test(line));
  const line = (lines[at] ?? '').replace(/^web\s*:/, '').trim();
  if (line === '' || /\p{Cc}/u.test(line)) return undefined;
  const argv = toArgv(line);
  const [program = ''] = argv;
  if (program === 'go' || program === '/bin/sh') return undefined;
  return { argv, from: { file, line: at + 1, why: 'the web process of the Procfile' } };
}
