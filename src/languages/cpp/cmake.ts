import type { Target } from './project.ts';

/** CMakeLists.txt, as far as it names programs. https://cmake.org/cmake/help/latest/manual/cmake-language.7.html */

interface Call {
  readonly name: string;
  readonly args: readonly string[];
  readonly line: number;
}

const COMMENT = /#\[\[[\s\S]*?\]\]|#[^\n]*/g;
const CALL = /^[ \t]*([A-Za-z_]\w*)[ \t]*\(([^()]*)\)/gm;
const ARGUMENT = /"((?:[^"\\]|\\.)*)"|([^\s"();]+)/g;

/** The calls of commands in a file whose arguments hold no parentheses. */
export function cmakeCalls(text: string): Call[] {
  const code = text.replaceAll(COMMENT, (comment) => comment.replaceAll(/[^\n]/g, ' '));
  return [...code.matchAll(CALL)].map((m) => ({
    name: (m[1] ?? '').toLowerCase(),
    args: [...(m[2] ?? '').matchAll(ARGUMENT)].map((a) => a[1] ?? a[2] ?? ''),
    line: code.slice(0, m.index).split('\n').length,
  }));
}

const OF_TESTS = /(^|_)(TESTS?|TESTING|UNITTESTS?|BENCH(MARK(S|ING)?)?|FUZZ(ERS?|ING)?)$/;

/** Options that are on and build tests, by a project's own name for `BUILD_TESTING`; what tests need is not installed. */
export function testOptions(texts: readonly { readonly text: string }[]): string[] {
  const found = texts.flatMap(({ text }) =>
    cmakeCalls(text).flatMap(({ name, args: [option = '', , value = 'OFF'] }) =>
      /^(cmake_dependent_)?option$/.test(name) &&
      /^\w{1,100}$/.test(option) &&
      OF_TESTS.test(option) &&
      !/^(OFF|FALSE|NO|0|N)$/i.test(value)
        ? [option]
        : [],
    ),
  );
  return [...new Set(found)].filter((option) => option !== 'BUILD_TESTING').sort();
}

const MAX_DEPTH = 4;

function expand(word: string, variables: ReadonlyMap<string, string>, depth = 0): string {
  if (depth > MAX_DEPTH || word.length > 200) return word;
  return word.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => {
    const value = variables.get(name);
    return value === undefined ? whole : expand(value, variables, depth + 1);
  });
}

/** CMake's own command, and those that projects wrap around it. */
const INSTALLS = /install|package/;
const NO_PROGRAM = new Set(['IMPORTED', 'ALIAS']);

/** A library that is made here: modules that look for installed ones name those as well. */
export const cmakeMakesLibrary = (text: string): boolean =>
  cmakeCalls(text).some(({ name, args }) => name === 'add_library' && !args.some((a) => NO_PROGRAM.has(a)));

/** The programs that a project makes, with the names that their files have. */
export function cmakeTargets(texts: readonly { readonly path: string; readonly text: string }[]): {
  name: string | undefined;
  targets: Target[];
} {
  const variables = new Map<string, string>();
  const targets: Target[] = [];
  const named = new Map<string, string>();
  const installed = new Set<string>();
  let name: string | undefined;
  // The root's file first: what it sets holds below.
  for (const { path, text } of [...texts].sort((a, b) => a.path.split('/').length - b.path.split('/').length)) {
    for (const { name: command, args, line } of cmakeCalls(text)) {
      const [first = '', second = ''] = args.map((a) => expand(a, variables));
      if (command === 'project') {
        name ??= first;
        variables.set('PROJECT_NAME', first);
        if (!variables.has('CMAKE_PROJECT_NAME')) variables.set('CMAKE_PROJECT_NAME', first);
      } else if (command === 'set' && args.length === 2) variables.set(first, second);
      else if (
        command === 'add_executable' &&
        !args.some((a) => NO_PROGRAM.has(a)) &&
        !args.includes('EXCLUDE_FROM_ALL')
      )
        targets.push({ name: first, file: path, line });
      else if (command === 'set_target_properties') {
        const at = args.indexOf('OUTPUT_NAME');
        if (at > 0) named.set(first, expand(args[at + 1] ?? '', variables));
      } else if (INSTALLS.test(command) && first === 'TARGETS') {
        for (const word of args.slice(1)) installed.add(expand(word, variables));
      }
    }
  }
  return {
    name,
    targets: targets.map((t) => ({
      ...t,
      name: named.get(t.name) ?? t.name,
      ...(installed.has(t.name) ? { installed: true } : {}),
    })),
  };
}
