import { analyseContext, type ContextAnalysis } from '../context/analysis.ts';
import { filterEntries } from '../ignore/filter.ts';
import { createMatcher } from '../ignore/matcher.ts';
import { ownLines } from '../ignore/merge.ts';
import { parseIgnore } from '../ignore/parse.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Advice } from '../plan/plan.ts';
import type { ProblemSlug } from '../problems/catalogue.ts';
import { Problem } from '../problems/problem.ts';
import { makeBuild, makeIgnore, type Build, type BuildRequest, type Tools } from './build.ts';
import { dockerfileSteps } from './dockerfile-steps.ts';
import { ownDockerfile } from './own-dockerfile.ts';

/** The analysis of a context. A project that no build can be made for has one, too. */

export interface AnalysisRequest extends BuildRequest {
  readonly digests: ReadonlyMap<string, string>;
  readonly speeds: readonly number[];
}

/** What stands in the way of a Dockerfile, and not of an analysis. */
const UNPLANNABLE = new Set<ProblemSlug>([
  'no-language',
  'ambiguous-language',
  'ambiguous-app',
  'broken-file',
  'no-start-command',
  'not-plannable',
]);

interface Planned {
  readonly tree: Inventory;
  readonly ignore: Build['ignore'];
  readonly filtered: Build['filtered'];
  readonly warnings: readonly Advice[];
  readonly text: string;
  readonly path: string;
  readonly origin: 'generated' | 'own' | 'none';
}

function unplanned({ tree, manifest }: BuildRequest, problem: Problem): Planned {
  const own = ownDockerfile(tree, manifest.app);
  const { ignore, filtered, warnings } = makeIgnore({
    tree,
    manifest,
    project: undefined,
    sources: own?.sources ?? [],
    dockerfile: own?.path ?? 'Dockerfile',
  });
  const reason: Advice = {
    code: problem.slug,
    detail: `No Dockerfile was made: ${problem.detail}`,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
  };
  return {
    tree,
    ignore,
    filtered,
    warnings: [reason, ...warnings],
    text: own?.text ?? '',
    path: own?.path ?? 'Dockerfile',
    origin: own ? 'own' : 'none',
  };
}

function planned(request: BuildRequest, tools: Tools): Planned {
  try {
    const { tree, project, dockerfile, ignore, filtered, warnings } = makeBuild(request, tools);
    const own = project ? undefined : ownDockerfile(tree, request.manifest.app);
    return {
      tree,
      ignore,
      filtered,
      warnings,
      text: dockerfile.text,
      path: own?.path ?? 'Dockerfile',
      origin: own ? 'own' : 'generated',
    };
  } catch (error) {
    if (error instanceof Problem && UNPLANNABLE.has(error.slug)) return unplanned(request, error);
    throw error;
  }
}

/** Analyses what would be sent. Throws what is wrong with the request or the project's ignore file. */
export function analyseProject(request: AnalysisRequest, tools: Tools): ContextAnalysis {
  const { tree, ignore, filtered, warnings, text, path, origin } = planned(request, tools);
  const own = parseIgnore(ownLines(ignore.existing ?? ''), ignore.path).patterns;
  return analyseContext({
    tree,
    today: filterEntries(tree.entries, createMatcher(own)),
    ownPatterns: own,
    proposed: filtered,
    proposedPatterns: ignore.list.patterns,
    generated: ignore.generated.patterns,
    ignoreFile: { path: ignore.path, exists: ignore.existing !== undefined },
    dockerfile: { path, origin },
    steps: dockerfileSteps(text).steps,
    digests: request.digests,
    speeds: request.speeds,
    warnings,
  });
}
