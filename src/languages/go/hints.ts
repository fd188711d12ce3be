import { resolveTarget } from '../../inventory/inventory.ts';
import type { GoProject } from './project.ts';

/** What other files of the project say about its programs: how it is built elsewhere. */

const BUILD_FILES = /^(Dockerfile|Makefile|GNUmakefile|makefile|[Jj]ustfile|Taskfile\.ya?ml|\.goreleaser\.ya?ml)$/;

export const isHintFile = (path: string): boolean => BUILD_FILES.test(path.slice(path.lastIndexOf('/') + 1));

/** A package argument of `go build`, or goreleaser's `main:`. */
const PACKAGE = /(?:\bgo\s+(?:build|install|run)\b[^\n]*?|^[ \t]*main:\s*"?)(\.\/[\w./-]+|cmd\/[\w./-]+)/gm;

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
