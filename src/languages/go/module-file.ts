import { Problem } from '../../problems/problem.ts';

/**
 * go.mod and go.work, as far as a build needs them: both are made of the same lines and blocks.
 * https://go.dev/ref/mod#go-mod-file-grammar
 */

interface Directive {
  readonly verb: string;
  readonly words: readonly string[];
  readonly line: number;
}

export interface VersionLine {
  readonly version: string;
  readonly line: number;
}

export interface Requirement {
  readonly path: string;
  readonly version: string;
  readonly indirect: boolean;
  readonly line: number;
}

export interface ModuleFile {
  /** The module's path; undefined in a go.work. */
  readonly module: string | undefined;
  /** The `go` line: the least version that can build this. */
  readonly go: VersionLine | undefined;
  /** The `toolchain` line without its `go` prefix; absent for `toolchain default`. */
  readonly toolchain: VersionLine | undefined;
  readonly requires: readonly Requirement[];
  /** Replacements by a folder: the module's path, and the folder as it is written (`../lib`). */
  readonly localReplacements: readonly { readonly path: string; readonly folder: string }[];
  /** go.work only: the folders of the workspace's modules, as written. */
  readonly uses: readonly string[];
}

const INDIRECT = /\/\/\s*indirect\b/;
/** A word of these files: quoted, raw-quoted or bare; what is not printable is no part of any of them. */
const WORD = /"([^"\\]*)"|`([^`]*)`|([^\s"`()]+)/g;
const PRINTABLE = /^[\x21-\x7e]+$/;

const withoutComment = (line: string): string => line.replace(/\s*\/\/.*$/, '').trim();

function wordsOf(text: string): string[] {
  return [...text.matchAll(WORD)].map((m) => m[1] ?? m[2] ?? m[3] ?? '').filter((word) => PRINTABLE.test(word));
}

function directivesOf(text: string, file: string): { directives: Directive[]; indirect: ReadonlySet<number> } {
  const directives: Directive[] = [];
  const indirect = new Set<number>();
  let block: { verb: string; line: number } | undefined;
  for (const [i, raw] of text.split('\n').entries()) {
    const line = i + 1;
    const code = withoutComment(raw);
    if (INDIRECT.test(raw)) indirect.add(line);
    if (code === '') continue;
    if (block === undefined) {
      const opens = /^([a-z]+)\s*\($/.exec(code);
      const [verb = '', ...words] = wordsOf(code);
      if (opens) block = { verb: opens[1] ?? '', line };
      else if (/^[a-z]+\s*\(\s*\)$/.test(code)) continue;
      else directives.push({ verb, words, line });
    } else if (code === ')') block = undefined;
    else directives.push({ verb: block.verb, words: wordsOf(code), line });
  }
  if (block !== undefined) {
    throw new Problem('broken-file', {
      detail: `${file}, line ${block.line}: the block "${block.verb} (" is never closed.`,
      hint: 'Run `go mod edit -fmt`, which says what is wrong, and send the project again.',
    });
  }
  return { directives, indirect };
}

function versionLine(directives: readonly Directive[], verb: string, pattern: RegExp): VersionLine | undefined {
  const found = directives.find((d) => d.verb === verb);
  const version = pattern.exec(found?.words[0] ?? '')?.[1];
  return found && version !== undefined ? { version, line: found.line } : undefined;
}

const isFolder = (target: string): boolean => target.startsWith('./') || target.startsWith('../');

function localReplacement({ words }: Directive): { path: string; folder: string }[] {
  const arrow = words.indexOf('=>');
  const [path] = words;
  const folder = words[arrow + 1];
  return arrow > 0 && path !== undefined && folder !== undefined && isFolder(folder) ? [{ path, folder }] : [];
}

/** Reads a go.mod or go.work. Throws `broken-file` for one whose blocks do not close. */
export function readModuleFile(text: string, file: string): ModuleFile {
  const { directives, indirect } = directivesOf(text, file);
  const of = (verb: string): Directive[] => directives.filter((d) => d.verb === verb);
  return {
    module: of('module')[0]?.words[0],
    go: versionLine(directives, 'go', /^(\d+(?:\.\d+)*)/),
    toolchain: versionLine(directives, 'toolchain', /^go(\d+(?:\.\d+)*)/),
    requires: of('require').flatMap(({ words: [path, version], line }) =>
      path !== undefined && version !== undefined ? [{ path, version, indirect: indirect.has(line), line }] : [],
    ),
    localReplacements: of('replace').flatMap(localReplacement),
    uses: of('use').flatMap(({ words }) => words.slice(0, 1)),
  };
}
