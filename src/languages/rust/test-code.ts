import { baseName, joinPath, parentOf } from '../../inventory/inventory.ts';
import type { Code } from '../code.ts';

/** Unit tests lie beside the code that they test, and take no part in a program: `#[cfg(test)] mod NAME`. */

const OF_TESTS = /#\[cfg\(test\)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*([;{])/g;

/** Where the files of a file's modules lie: beside `main.rs`, `lib.rs` and `mod.rs`, else in a folder of its name. */
function modulesOf(path: string): string {
  const name = baseName(path).replace(/\.rs$/, '');
  return ['main', 'lib', 'mod'].includes(name) ? parentOf(path) : joinPath(parentOf(path), name);
}

/** The place behind the brace that closes the one at `open`; braces in strings count for nothing. */
export function closing({ code, literals }: Code, open: number): number {
  const texts = literals.map(({ value, index }) => ({ from: index, to: index + value.length + 2 }));
  let depth = 0;
  let next = 0;
  for (let i = open; i < code.length; i++) {
    while ((texts[next]?.to ?? Infinity) <= i) next++;
    const text = texts[next];
    if (text !== undefined && i >= text.from) continue;
    if (code[i] === '{') depth++;
    else if (code[i] === '}' && --depth === 0) return i + 1;
  }
  return code.length;
}

function blanked(file: Code): Code {
  const parts = [...file.code.matchAll(OF_TESTS)]
    .filter((m) => m[2] === '{')
    .map((m) => ({ from: m.index, to: closing(file, m.index + m[0].length - 1) }));
  if (parts.length === 0) return file;
  const within = (index: number): boolean => parts.some(({ from, to }) => index >= from && index < to);
  const code = parts.reduce(
    (text, { from, to }) => text.slice(0, from) + text.slice(from, to).replaceAll(/[^\n]/g, ' ') + text.slice(to),
    file.code,
  );
  return { path: file.path, code, literals: file.literals.filter(({ index }) => !within(index)) };
}

/** The code without what is compiled for tests alone. */
export function withoutTests(files: readonly Code[]): Code[] {
  const tests = new Set(
    files.flatMap((file) =>
      [...file.code.matchAll(OF_TESTS)]
        .filter((m) => m[2] === ';')
        .flatMap((m) => {
          const module = joinPath(modulesOf(file.path), m[1] ?? '');
          return [`${module}.rs`, `${module}/mod.rs`];
        }),
    ),
  );
  return files.filter((file) => !tests.has(file.path)).map(blanked);
}
