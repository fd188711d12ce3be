import type { Advice } from '../plan/plan.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Filtered } from './filter.ts';
import { isWhole, namedPaths, type NeededPath } from './needed.ts';
import type { Pattern } from './parse.ts';
import type { IgnoreRule } from './rule.ts';

/** A source of COPY that is not in the context as it is sent. */
export interface LostSource {
  readonly source: NeededPath;
  /** The paths of the project that it means. */
  readonly paths: readonly string[];
  /** The pattern that takes it out; undefined where the project has no such file. */
  readonly by: Pattern | undefined;
}

/** Sources that are not in the context: never in the project, or taken out by a pattern. */
export function lostSources(
  sources: readonly NeededPath[],
  inventory: Inventory,
  filtered: Filtered,
  patterns: readonly Pattern[],
): LostSource[] {
  const unique = [...new Map(sources.filter((s) => !isWhole(s.path)).map((s) => [s.path, s])).values()];
  return unique.flatMap((source): LostSource[] => {
    const paths = namedPaths(source, inventory);
    if (paths.some((path) => filtered.keeps(path))) return [];
    const by = paths.map((path) => filtered.patternOf(path)).find((index) => index !== undefined);
    return [{ source, paths, by: by === undefined ? undefined : patterns[by] }];
  });
}

/**
 * What is lost, as warnings that name the pattern. BuildKit's own check (CopyIgnoredFile) sees no patterns when the
 * context is a tar. https://docs.docker.com/reference/build-checks/copy-ignored-file/
 */
export const lostAdvice = (lost: readonly LostSource[], file: string): Advice[] =>
  lost.map(({ source, paths, by }) =>
    by === undefined
      ? { code: 'copy-source-missing', detail: `The Dockerfile copies ${source.path}, which is not in the project.` }
      : {
          code: 'copy-source-ignored',
          detail: `The Dockerfile copies ${source.path}, but "${by.raw.trim()}" in ${file} keeps it out of the context.`,
          hint: `Remove the line, or add "!${paths[0] ?? source.path}" after it.`,
          file,
          line: by.line,
        },
  );

/** A path as a pattern that matches it alone. */
const literal = (path: string): string => path.replaceAll(/[*?[\]\\]/g, String.raw`\$&`);

/** Rules that take back in what the project's own patterns take from the build, each with its warning. */
export function restoringRules(lost: readonly LostSource[], file: string): { rules: IgnoreRule[]; advice: Advice[] } {
  const ignored = lost.flatMap(({ paths, by }) => (by === undefined ? [] : paths.map((path) => ({ path, by }))));
  return {
    rules: ignored.map(({ path, by }) => ({
      pattern: `!${literal(path)}`,
      purpose: 'needed',
      why: `the Dockerfile copies it, and line ${by.line} takes it out`,
    })),
    advice: ignored.map(({ path, by }) => ({
      code: 'ignore-overridden',
      detail: `"${by.raw.trim()}" in ${file} takes out ${path}, which the build needs; it is taken back in at the end of the file.`,
      hint: 'Remove the line. dockerignore=keep leaves the file as it is.',
      file,
      line: by.line,
    })),
  };
}

/**
 * An ignore file that lets nothing through of all that the Dockerfile names, though it copies the source as well: it was
 * written for an image of what was built outside, as those that Quarkus brings along (`*`, `!target/*-runner`).
 */
export const isForAnotherBuild = (sources: readonly NeededPath[], lost: readonly LostSource[]): boolean => {
  const named = new Set(sources.filter((s) => !isWhole(s.path)).map((s) => s.path));
  return (
    sources.some((s) => isWhole(s.path)) &&
    named.size > 0 &&
    lost.length === named.size &&
    lost.every((l) => /^\*{1,2}(\/\*{1,2})?$/.test(l.by?.text ?? ''))
  );
};

export const setAsideAdvice = (file: string): Advice => ({
  code: 'ignore-set-aside',
  detail: `${file} lets through nothing that this build needs: it was written for an image of what is built outside, so it is set aside.`,
  hint: 'dockerignore=keep leaves the file as it is.',
  file,
});
