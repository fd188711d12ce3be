import { ownDockerfile, type OwnDockerfile } from './own-dockerfile.ts';
import { contextSources } from './context-sources.ts';
import { hygieneAdvice } from './hygiene.ts';
import { planProject } from './plan.ts';
import { submoduleAdvice } from './submodules.ts';
import { understandProject, type Project } from './project.ts';
import { commonRules } from '../ignore/common-rules.ts';
import { filterEntries, type Filtered } from '../ignore/filter.ts';
import { generateIgnore, type GeneratedIgnore } from '../ignore/generate.ts';
import { gitignoreRules } from '../ignore/gitignore.ts';
import { createMatcher } from '../ignore/matcher.ts';
import { mergeIgnore, ownLines } from '../ignore/merge.ts';
import { isForAnotherBuild, lostAdvice, lostSources, restoringRules, setAsideAdvice } from '../ignore/missing.ts';
import type { NeededPath } from '../ignore/needed.ts';
import { parseIgnore, type IgnoreList } from '../ignore/parse.ts';
import type { IgnoreRule } from '../ignore/rule.ts';
import { ignoreFileOf } from '../ignore/source-file.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Manifest } from '../manifest/schema.ts';
import { imagesOf, referenceOf } from '../plan/mirror.ts';
import type { Advice, FinishedPlan } from '../plan/plan.ts';
import { renderDockerfile, type ExplainedStep } from '../render/dockerfile.ts';
import type { Templates } from '../render/templates.ts';

/** The pipeline: a tree and a request in, the build files out. Pure. */

export interface BuildRequest {
  readonly tree: Inventory;
  readonly manifest: Manifest;
  readonly environment?: string;
  /** What to do with a Dockerfile of the project's own. */
  readonly dockerfile: 'generate' | 'keep';
  /** Further stages and ignore rules, for what goes around the Dockerfile. */
  readonly around?: {
    extendPlan(plan: FinishedPlan, project: Project): FinishedPlan;
    readonly rules: readonly IgnoreRule[];
  };
}

export interface Tools {
  readonly templates: Templates;
  /** The version that writes; named in the Dockerfile. */
  readonly version: string;
}

export interface BuildDockerfile {
  readonly text: string;
  readonly steps: readonly ExplainedStep[];
  readonly images: readonly string[];
  /** What it reads from the build context. */
  readonly sources: readonly NeededPath[];
}

export interface BuildIgnore {
  /** Where it belongs. */
  readonly path: string;
  readonly text: string;
  readonly list: IgnoreList;
  readonly generated: GeneratedIgnore;
  /** The project's own, as it came. */
  readonly existing: string | undefined;
}

export interface Build {
  readonly tree: Inventory;
  /** Absent where the project's own Dockerfile is kept and no language was found. */
  readonly project: Project | undefined;
  /** As the language and the manifest have it, before it is extended; absent where the Dockerfile is kept. */
  readonly plan: FinishedPlan | undefined;
  readonly dockerfile: BuildDockerfile;
  readonly ignore: BuildIgnore;
  readonly filtered: Filtered;
  readonly warnings: readonly Advice[];
}

/** Patterns of a language are about the folder it works in; below the root they move there with it. */
function rebased(rule: IgnoreRule, root: string): IgnoreRule {
  const [, negation = '', pattern = ''] = /^(!?)(.*)$/.exec(rule.pattern) ?? [];
  if (root === '' || pattern.startsWith('**/')) return rule;
  return { ...rule, pattern: `${negation}${root}/${pattern.replace(/^\//, '')}` };
}

function rulesFor(tree: Inventory, project: Project | undefined, manifest: Manifest): IgnoreRule[] {
  const root = project?.root ?? '';
  const language = project ? project.language.ignore(project.scope).map((rule) => rebased(rule, root)) : [];
  const hints = gitignoreRules(tree.text('.gitignore') ?? '');
  const asked = [
    ...(manifest.context?.exclude ?? []).map((pattern) => ({
      pattern,
      purpose: 'container' as const,
      why: 'context.exclude of the manifest',
    })),
    ...(manifest.context?.include ?? []).map((pattern) => ({
      pattern: `!${pattern}`,
      purpose: 'container' as const,
      why: 'context.include of the manifest',
    })),
  ];
  return [...commonRules, ...language, ...hints, ...asked];
}

function makeDockerfile(plan: FinishedPlan, { templates, version }: Tools): BuildDockerfile {
  const { text, steps } = renderDockerfile(plan, templates, version);
  return { text, steps, images: imagesOf(plan).map(referenceOf), sources: contextSources(plan) };
}

const asBuilt = (own: OwnDockerfile): BuildDockerfile => ({
  text: own.text,
  steps: [],
  images: own.images,
  sources: own.sources,
});

interface IgnoreRequest {
  readonly tree: Inventory;
  readonly manifest: Manifest;
  readonly project: Project | undefined;
  /** What the Dockerfile reads. */
  readonly sources: readonly NeededPath[];
  /** The path of the Dockerfile, which has its own ignore file beside it. */
  readonly dockerfile: string;
  /** Rules beside those of the project. */
  readonly more?: readonly IgnoreRule[];
}

/** The ignore file of a build, what it leaves, and what is wrong with it. Throws `invalid-dockerignore`. */
export function makeIgnore({ tree, manifest, project, sources, dockerfile, more = [] }: IgnoreRequest): {
  readonly ignore: BuildIgnore;
  readonly filtered: Filtered;
  readonly warnings: readonly Advice[];
} {
  const { path, text: existing } = ignoreFileOf(tree, dockerfile);
  const mode = manifest.context?.dockerignore ?? 'merge';
  const attempt = (rules: readonly IgnoreRule[], as = mode) => {
    const generated = generateIgnore(rules, tree, sources);
    const text = mergeIgnore(existing, generated, as);
    const list = parseIgnore(text, path);
    const filtered = filterEntries(tree.entries, createMatcher(list.patterns));
    const lost = tree.complete ? lostSources(sources, tree, filtered, list.patterns) : [];
    return { ignore: { path, text, list, generated, existing }, filtered, lost };
  };
  const rules = [...rulesFor(tree, project, manifest), ...more];
  const first = attempt(rules);
  // A Dockerfile of the project's own is taken as it is, with its ignore file.
  const mends = project !== undefined && mode === 'merge' && existing !== undefined;
  if (mends && isForAnotherBuild(sources, first.lost)) {
    const { ignore, filtered, lost } = attempt(rules, 'replace');
    return { ignore, filtered, warnings: [setAsideAdvice(path), ...lostAdvice(lost, path)] };
  }
  const { rules: restoring, advice } = restoringRules(mends ? first.lost : [], path);
  const { ignore, filtered, lost } = restoring.length > 0 ? attempt([...rules, ...restoring]) : first;
  const ownAdvice = existing === undefined ? [] : parseIgnore(ownLines(existing), path).advice;
  return { ignore, filtered, warnings: [...ownAdvice, ...advice, ...lostAdvice(lost, path)] };
}

/** Whether the project itself says what is ignored, in words that may be refused. */
const hasIgnoreWords = (tree: Inventory, { context }: Manifest, dockerfile: string): boolean =>
  context !== undefined || ignoreFileOf(tree, dockerfile).text !== undefined;

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

/**
 * Everything for one build. Throws the problems of detection, planning and of the project's ignore file; with
 * `dockerfile: 'keep'` a project of no known language is no problem. The ignore file, what it leaves and the warnings
 * are made when they are first asked for: the text of a Dockerfile needs none of them.
 */
export function makeBuild(request: BuildRequest, tools: Tools): Build {
  const { tree, manifest, environment, dockerfile: mode, around } = request;
  const own = ownDockerfile(tree, manifest.app);
  const kept = mode === 'keep' ? own : undefined;
  const project = kept ? undefined : understandProject(tree, manifest, environment);
  const plan = project && planProject(project);
  const extended = project && plan && around ? around.extendPlan(plan, project) : plan;
  const made = extended && makeDockerfile(extended, tools);
  const dockerfile = kept ? asBuilt(kept) : made;
  if (!dockerfile) throw new TypeError('neither kept nor made');
  const settings = project?.merged.manifest ?? manifest;
  const place = kept?.path ?? 'Dockerfile';
  const ignored = once(() =>
    makeIgnore({
      tree,
      manifest: settings,
      project,
      sources: dockerfile.sources,
      dockerfile: place,
      ...(around ? { more: around.rules } : {}),
    }),
  );
  if (hasIgnoreWords(tree, settings, place)) ignored();
  const setAside: Advice[] =
    own && !kept
      ? [
          {
            code: 'dockerfile-set-aside',
            detail: `The project has a ${own.path} of its own; it was set aside for the generated one.`,
            hint: 'dockerfile=keep takes it as it is.',
            file: own.path,
          },
        ]
      : [];
  const warnings = once(() => [
    ...(extended?.advice ?? []),
    ...(project ? hygieneAdvice(tree, project.app.path, extended?.advice ?? []) : []),
    ...(project ? submoduleAdvice(tree) : []),
    ...setAside,
    ...ignored().warnings,
  ]);
  return {
    tree,
    project,
    plan,
    dockerfile,
    get ignore() {
      return ignored().ignore;
    },
    get filtered() {
      return ignored().filtered;
    },
    get warnings() {
      return warnings();
    },
  };
}
