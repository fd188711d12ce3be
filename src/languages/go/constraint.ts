/**
 * Which files take part in a build for Linux: the suffix of the file's name and its build constraint.
 * https://pkg.go.dev/cmd/go#hdr-Build_constraints
 */

const SYSTEMS = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos'.split(
    ' ',
  ),
);
const MACHINES = new Set(
  '386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x sparc64 wasm'.split(' '),
);

/** Tags that hold in our builds. Machines: both common ones, so that neither's files are overlooked. */
const holds = (tag: string, cgo: boolean): boolean =>
  ['linux', 'unix', 'amd64', 'arm64', 'gc'].includes(tag) || (tag === 'cgo' && cgo) || /^go1\.\d+$/.test(tag);

const suits = (word: string): boolean =>
  SYSTEMS.has(word) ? word === 'linux' : MACHINES.has(word) ? word === 'amd64' || word === 'arm64' : true;

/** By name: `listen_windows.go` and `asm_arm64.go` say what they are for. Tests never take part. */
export function isForLinux(name: string): boolean {
  const parts = name.replace(/\.go$/, '').split('_').slice(1);
  const [last = '', before = ''] = parts.toReversed();
  if (last === 'test') return false;
  return suits(last) && (!MACHINES.has(last) || !SYSTEMS.has(before) || before === 'linux');
}

/** Evaluates the expression of a `//go:build` line; one that cannot be read counts as true. */
function evaluate(expression: string, cgo: boolean): boolean {
  const tokens = expression.match(/&&|\|\||!|\(|\)|[\w.]+/g) ?? [];
  let at = 0;
  const unary = (): boolean => {
    const token = tokens[at++];
    if (token === '!') return !unary();
    if (token !== '(') return token === undefined || holds(token, cgo);
    const inner = or();
    at++;
    return inner;
  };
  const and = (): boolean => {
    let value = unary();
    while (tokens[at] === '&&') {
      at++;
      value = unary() && value;
    }
    return value;
  };
  const or = (): boolean => {
    let value = and();
    while (tokens[at] === '||') {
      at++;
      value = and() || value;
    }
    return value;
  };
  return or();
}

/** The older `// +build a,!b c` lines: a line holds when one of its words does, and all lines have to. */
function evaluateOld(lines: readonly string[], cgo: boolean): boolean {
  return lines.every((line) =>
    line
      .trim()
      .split(/\s+/)
      .some((word) =>
        word.split(',').every((tag) => (tag.startsWith('!') ? !holds(tag.slice(1), cgo) : holds(tag, cgo))),
      ),
  );
}

/** Whether a file with this header (all before its package clause) takes part, with or without cgo. */
export function takesPart(header: string, cgo: boolean): boolean {
  const now = /^\/\/go:build\s+(.+)$/m.exec(header)?.[1];
  if (now !== undefined) return evaluate(now, cgo);
  return evaluateOld(
    [...header.matchAll(/^\/\/\s*\+build\s+(.+)$/gm)].map((m) => m[1] ?? ''),
    cgo,
  );
}
