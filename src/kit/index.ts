import { makeBuild, type BuildRequest, type Tools } from '../generate/build.ts';
import { understandProject } from '../generate/project.ts';
import type { Inventory } from '../inventory/inventory.ts';
import type { Advice } from '../plan/plan.ts';
import { bakePart } from './bake.ts';
import { composePart } from './compose.ts';
import { dockerfilePart, dockerignorePart } from './dockerfile.ts';
import { githubPart } from './github.ts';
import { gitlabPart } from './gitlab.ts';
import { kubernetesPart } from './kubernetes.ts';
import { cellOf, targets, type Cell, type Target } from './matrix.ts';
import { kitOf, type Kit, type Workload } from './model.ts';
import type { KitFile, KitPart } from './part.ts';
import { readmePart } from './readme.ts';
import { cloudRunPart, knativePart, lambdaPart } from './serverless.ts';
import { tagsPart } from './tag-script.ts';
import { addTargets } from './targets.ts';

/** The kit: everything around the Dockerfile that a project needs to ship. A part is a file beside this one and a line here. */

const parts: readonly [KitPart, ...KitPart[]] = [
  dockerfilePart,
  dockerignorePart,
  bakePart,
  composePart,
  tagsPart,
  githubPart,
  gitlabPart,
  kubernetesPart,
  lambdaPart,
  cloudRunPart,
  knativePart,
  readmePart,
];

export const partIds = parts.map((part) => part.id);

export interface KitRequest extends Omit<BuildRequest, 'dockerfile' | 'around' | 'environment'> {
  /** Parts by id; all where absent. */
  readonly include?: readonly string[];
  /** What to do where the project has a file of that name: leave it, or write over it. */
  readonly existing: 'keep' | 'replace';
}

export interface MadeFile extends KitFile {
  readonly part: string;
}

export interface MadeKit {
  readonly name: string;
  readonly workload: Workload;
  readonly files: readonly MadeFile[];
  readonly parts: readonly { readonly id: string; readonly title: string; readonly files: readonly string[] }[];
  readonly matrix: readonly (Cell & { readonly target: Target })[];
  readonly warnings: readonly Advice[];
}

const rule = (pattern: string) => ({ pattern, purpose: 'container', why: 'around the image, not in it' }) as const;
/** What the kit itself brings stays out of the image, and out of the way of its cache. */
const rules = [
  'docker-bake*.hcl',
  'README.Docker.md',
  'deploy/kubernetes',
  'deploy/lambda',
  'deploy/cloud-run',
  'deploy/knative',
  'deploy/docker-tags.sh',
].map((pattern) => rule(pattern));

/** These are what was asked for in the first place: what to do with the project's own is said by other options. */
const ALWAYS_WRITTEN = new Set(['dockerfile', 'dockerignore']);

function planKit({ tree, manifest }: KitRequest, tools: Tools): Kit {
  const inEnvironment = (name: string) => understandProject(tree, manifest, name).merged.manifest;
  const build = makeBuild(
    {
      tree,
      manifest,
      dockerfile: 'generate',
      around: {
        rules,
        extendPlan: (plan, project) => {
          const named = new Map(project.environments.map((name) => [name.toLowerCase(), name]));
          const names = [...new Set(['development', 'staging', 'production', ...named.keys()])];
          return addTargets(
            plan,
            project,
            names
              .filter((name) => /^[a-z][a-z0-9-]*$/.test(name))
              .map((name) => {
                const own = named.get(name);
                return { name, manifest: own === undefined ? project.merged.manifest : inEnvironment(own) };
              }),
          );
        },
      },
    },
    tools,
  );
  const { project, plan } = build;
  if (!project || !plan) throw new TypeError('a kit is made of a generated build');
  return kitOf(build, project, plan, inEnvironment);
}

function keptAdvice(file: MadeFile): Advice {
  return {
    code: 'file-kept',
    detail: `The project has a ${file.path} of its own; it was left as it is.`,
    hint: 'existing=replace writes the kit’s over it.',
    file: file.path,
  };
}

const exists = (tree: Inventory, path: string): boolean => tree.entry(path) !== undefined;

/** Makes the files of a kit. Throws the problems of detection and planning. */
export function makeKit(request: KitRequest, tools: Tools): MadeKit {
  const kit = planKit(request, tools);
  const chosen = parts.filter((part) => request.include === undefined || request.include.includes(part.id));
  const all = chosen.flatMap((part) => part.files(kit).map((file): MadeFile => ({ ...file, part: part.id })));
  const kept =
    request.existing === 'replace'
      ? []
      : all.filter((file) => !ALWAYS_WRITTEN.has(file.part) && exists(request.tree, file.path));
  const files = all.filter((file) => !kept.includes(file));
  return {
    name: kit.name,
    workload: kit.workload,
    files,
    parts: chosen.map(({ id, title }) => ({
      id,
      title,
      files: files.filter((file) => file.part === id).map((file) => file.path),
    })),
    matrix: targets.map((target) => ({ target, ...cellOf(kit.workload, target) })),
    warnings: [
      ...kit.build.warnings,
      ...chosen.flatMap((part) => part.advice?.(kit) ?? []),
      ...kept.map((f) => keptAdvice(f)),
    ],
  };
}
