import type { Scope } from '../language.ts';

/** Tools that only start another program inside of an environment, which in the image is the only one. */
const RUNNER =
  /^(?:(?:uv|poetry|pdm|pipenv|rye|hatch)\s+run\s+(?:--(?:frozen|locked|no-sync|no-dev|active)\s+)*(?:--\s+)?)/;

/** The program behind `uv run …`, `poetry run …`: those tools are not in the image, and would not pass signals on. */
export function resolveCommand(_: Scope, argv: readonly string[]): readonly string[] | undefined {
  const [shell, flag, line] = argv;
  if (/^(\/bin\/)?(ba)?sh$/.test(shell ?? '') && flag === '-c' && line !== undefined) {
    const bare = line.replaceAll(
      /(^|&&\s*|\bexec\s+|;\s*)((?:uv|poetry|pdm|pipenv|rye|hatch)\s+run\s+(?:--(?:frozen|locked|no-sync|no-dev)\s+)*)(?=[\w./])/g,
      '$1',
    );
    return bare === line ? undefined : [shell ?? '', flag, bare];
  }
  const words = argv.join(' ');
  const runner = RUNNER.exec(words)?.[0];
  if (runner === undefined) return undefined;
  const rest = argv.slice(runner.trim().split(/\s+/).length);
  const [first = ''] = rest;
  if (first === '') return undefined;
  return first.endsWith('.py') ? ['python', ...rest] : rest;
}
