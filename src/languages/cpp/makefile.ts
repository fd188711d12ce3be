import { baseName } from '../../inventory/inventory.ts';
import type { Target } from './project.ts';

/** A Makefile, as far as it tells what it makes: the names by which people call the program, and what compilers write. */

const ASSIGNMENT = /^([\w.-]+)[ \t]*(?::|::|\?)?=[ \t]*([^#\n]*)/gm;
const NAMES =
  /^(TARGET|TARGETS|PROGRAM|PROG|PROGS|BIN|BINS|BINARY|EXE|EXEC|EXECUTABLE|NAME|APP|OUT|OUTPUT|TARGET_EXEC|BIN_NAME|PROJECT)$/;
const MAX_DEPTH = 5;

function expand(word: string, variables: ReadonlyMap<string, string>, depth = 0): string {
  if (depth > MAX_DEPTH || word.length > 400) return word;
  return word.replaceAll(/\$[({]([\w.-]+)[)}]/g, (whole, name: string) => {
    const value = variables.get(name);
    return value === undefined ? whole : expand(value, variables, depth + 1);
  });
}

const isProgram = (word: string): boolean =>
  /^[\w./+-]+$/.test(word) && !/\.(o|a|so|d|h|c|cc|cpp|cxx)$|^-|^\.|^\//.test(baseName(word));

/** `name` is the program that it makes, where that is plain. */
export function makeTargets(text: string, file: string): { name: string | undefined; targets: Target[] } {
  const code = text.replaceAll('\\\n', ' ');
  const variables = new Map([...code.matchAll(ASSIGNMENT)].map((m) => [m[1] ?? '', (m[2] ?? '').trim()]));
  const named = [...variables.keys()]
    .filter((key) => NAMES.test(key))
    .map((key) => expand(`$(${key})`, variables))
    .filter((value) => !/[$`]/.test(value))
    .flatMap((value) => value.split(/\s+/));
  const all = /^(?:all|build|default)[ \t]*:(?!=)[ \t]*([^#\n;]*)/m.exec(code)?.[1] ?? '';
  const wanted = expand(all, variables).split(/\s+/);
  // `-o $@` writes what its rule is called.
  const rules = [...code.matchAll(/^([^\s:#=][^:#=\n]*):(?!=)[^\n]*\n(?:\t[^\n]*\n)*?\t[^\n]*-o[ \t]*\$@/gm)].flatMap(
    (m) =>
      expand(m[1] ?? '', variables)
        .trim()
        .split(/\s+/),
  );
  const written = [...code.matchAll(/-o[ \t]*([^\s$]+|\$[({][\w.-]+[)}])/g)].map((m) => expand(m[1] ?? '', variables));
  const written0 = [...written, ...rules].filter((w) => isProgram(w));
  const linked = new Set(written0.map((w) => baseName(w)));
  const candidates = [...named, ...wanted].filter((w) => isProgram(w)).map((w) => baseName(w));
  const first = candidates.filter((w) => linked.has(w));
  const names = [...new Set(first.length > 0 ? first : linked.size > 0 ? linked : candidates.slice(0, 1))];
  return { name: names[0], targets: names.map((name) => ({ name, file })) };
}
