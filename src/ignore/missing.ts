import type { Advice } from '../plan/plan.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Filtered } from './filter.ts';
import { isWhole, namedPaths, type NeededPath } from './needed.ts';
import type { Pattern } from './parse.ts';

/**
 * Sources of COPY that are not in the context as it is sent: never in the project, or taken out by a pattern, which is
 * named. BuildKit's own check (CopyIgnoredFile) sees no patterns when the context is a tar.
 * https://docs.docker.com/reference/build-checks/copy-ignored-file/
 */
export function missingSources(
  sources: readonly NeededPath[],
  inventory: Inventory,
  filtered: Filtered,
  patterns: readonly Pattern[],
  file: string,
): Advice[] {
  const kept = new Set(filtered.kept.map((e) => e.path));
  const removed = new Map(filtered.ignored.map(({ entry, by }) => [entry.path, by]));
  const unique = [...new Map(sources.filter((s) => !isWhole(s.path)).map((s) => [s.path, s])).values()];
  return unique.flatMap((source): Advice[] => {
    const paths = namedPaths(source, inventory);
    if (paths.some((path) => kept.has(path))) return [];
    const by = paths.map((path) => removed.get(path)).find((index) => index !== undefined);
    const pattern = by === undefined ? undefined : patterns[by];
    if (!pattern)
      return [
        { code: 'copy-source-missing', detail: `The Dockerfile copies ${source.path}, which is not in the project.` },
      ];
    return [
      {
        code: 'copy-source-ignored',
        detail: `The Dockerfile copies ${source.path}, but "${pattern.raw.trim()}" in ${file} keeps it out of the context.`,
        hint: `Remove the line, or add "!${paths[0] ?? source.path}" after it.`,
        file,
        line: pattern.line,
      },
    ];
  });
}
