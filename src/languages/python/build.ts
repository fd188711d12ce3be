import { ownBuildStep } from '../../plan/build-inputs.ts';
import { joinPath } from '../../inventory/inventory.ts';
import { CONTEXT_FILES } from '../../plan/context-files.ts';
import { installPackages } from '../../plan/packages.ts';
import type { CopyStep, Stage, Step } from '../../plan/plan.ts';
import { all, sh } from '../../plan/shell.ts';
import type { AssetBuild } from '../javascript/asset-stage.ts';
import type { PlanRequest } from '../language.ts';
import type { DjangoProject } from './django.ts';
import type { Images } from './images.ts';
import type { Install } from './install-steps.ts';
import { leavesPip } from './install.ts';
import { APP_ROOT, BUILD_STAGE, imagePath, OWN_PYTHON, SYSTEM_PATH, VENV } from './layout.ts';
import type { PythonProject } from './project.ts';
import { reflexSteps, usesReflex } from './reflex.ts';
import { ALPINE_COMPILERS } from './system-packages.ts';
import { uvStep } from './tools.ts';

/** The installer, which has no work in an image that cannot be written to and is larger than many apps, and scripts for shells. */
const UNUSED = [
  'bin/[Aa]ctivate*',
  'bin/pip',
  'bin/pip3*',
  'lib/python*/site-packages/pip',
  'lib/python*/site-packages/pip-*',
];

export interface BuildParts {
  readonly request: PlanRequest;
  readonly project: PythonProject;
  readonly images: Images;
  readonly version: string;
  readonly install: Install | undefined;
  readonly django: DjangoProject | undefined;
  readonly assets: AssetBuild | undefined;
  /** Packages that compiling needs. */
  readonly packages: readonly string[];
  /** The program runs on, so that a quick start is worth a step. */
  readonly lasting: boolean;
}

/** The whole project, or of a workspace the member and what it depends on. */
function sourceSteps({ project, assets }: BuildParts): Step[] {
  if (assets) {
    return [
      {
        kind: 'copy',
        from: assets.stage.name,
        sources: [`${assets.root}/`],
        to: './',
        exclude: ['**/node_modules'],
        why: 'the source, with the assets that were built from it',
      },
    ];
  }
  return [sourceCopy(project)];
}

function sourceCopy(project: PythonProject): CopyStep {
  const { workspace, folder, localPaths } = project;
  if (folder === '') return { kind: 'copy', sources: ['.'], to: './', why: 'the source' };
  const folders = [folder, ...localPaths.filter((path) => path !== '' && !path.startsWith(`${folder}/`))];
  if (localPaths.includes('')) return { kind: 'copy', sources: ['.'], to: './', why: 'the source' };
  return {
    kind: 'copy',
    sources: folders.map((path) => `${path}/`),
    to: './',
    parents: true,
    why: workspace ? 'the member of the workspace, and those that it depends on' : 'the source',
  };
}

function ownPython({ images, version }: BuildParts): Step[] {
  if (!images.freeThreaded) return [];
  return [
    uvStep(undefined),
    {
      kind: 'env',
      vars: { UV_PYTHON_INSTALL_DIR: OWN_PYTHON, PATH: `${VENV}/bin:${OWN_PYTHON}/bin:${SYSTEM_PATH}` },
      why: 'where the Python without a GIL goes',
    },
    {
      kind: 'run',
      command: sh`uv python install --no-bin ${version} && ln -s "$(dirname "$(uv python find --managed-python ${version})")" ${`${OWN_PYTHON}/bin`}`,
      why: 'a Python without a GIL, which the official images do not have',
    },
  ];
}

/** Steps after the source: static files, the manifest's own build command, bytecode. */
function buildSteps({ request, django, lasting, install, project, images }: BuildParts): Step[] {
  const steps: Step[] = [];
  const own = request.settings.build?.command;
  if (own !== undefined) steps.push(ownBuildStep(own));
  else if (install && usesReflex(project.inventory, project)) steps.push(...reflexSteps(project, images.os));
  if (django?.statics && install) {
    const secrets = new Set(
      (request.settings.build?.secrets ?? []).map((id) => id.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')),
    );
    const env = {
      ...django.statics.env,
      ...(django.settings === undefined ? {} : { DJANGO_SETTINGS_MODULE: django.settings }),
    };
    const pairs = Object.entries(env).filter(([name]) => !secrets.has(name));
    const words = pairs.length === 0 ? [] : ['env', ...pairs.map(([name, value]) => `${name}=${value}`)];
    const manage = joinPath(django.root, 'manage.py');
    steps.push({
      kind: 'run',
      phase: 'build',
      command: all(
        sh`${words} python ${manage} collectstatic --noinput`,
        // Settings of development, which are in force where no variable says otherwise, may have it off.
        ...(django.statics.compressed ? [sh`${words} python ${manage} compress --force`] : []),
      ),
      why: 'gathers the static files, which the server of the image delivers',
      ...(pairs.length > 0
        ? { comment: 'Placeholders: the settings ask for these, and gathering files does not use them.' }
        : {}),
      evidence: [django.statics.from],
    });
  }
  if (lasting && install) {
    steps.push({
      kind: 'run',
      command: sh`python -m compileall -q -x ${String.raw`/\.venv/`} . || true`,
      why: 'bytecode, which the program could not write itself: its files are not its own',
    });
  }
  return steps;
}

function relink({ images }: BuildParts): Step[] {
  if (images.os !== 'distroless') return [];
  return [
    {
      kind: 'run',
      command: sh`ln -sf /usr/bin/python3 ${`${VENV}/bin/python`} && sed -i 's|^home = .*|home = /usr/bin|' ${`${VENV}/pyvenv.cfg`}`,
      why: 'the environment is for the Python of the runtime image, which lies elsewhere',
    },
  ];
}

interface EnvironmentParts {
  readonly install: Install | undefined;
  readonly os: Images['os'];
  readonly packages: readonly string[];
  /** PATH of the stage. */
  readonly path: string;
  /** What brings the interpreter, where the image has none. */
  readonly before?: readonly Step[];
}

/** Makes the environment and installs the dependencies; needs manifests only. */
export function environmentSteps({ install, os, packages, path, before = [] }: EnvironmentParts): Step[] {
  const needed = [...packages, ...(os === 'alpine' ? ALPINE_COMPILERS : [])];
  const system = installPackages(os === 'distroless' ? 'debian' : os, needed, 'what compiling needs');
  return [
    ...(system ? [system] : []),
    { kind: 'workdir', path: APP_ROOT, why: 'the same place as in the image: an environment cannot be moved' },
    ...before,
    {
      kind: 'env',
      vars: { ...install?.env, PATH: path },
      why: 'settings of the tools, and the environment’s programs first',
    },
    ...(install?.tools ?? []),
    ...(install?.dependencies ?? []),
  ];
}

/** The environment that a stage has made. */
export const venvCopy = (project: PythonProject, from: string): CopyStep => ({
  kind: 'copy',
  from,
  sources: [`${VENV}/`],
  to: `${VENV}/`,
  ...(leavesPip(project) ? { exclude: UNUSED } : {}),
  why: 'the dependencies, which change less often than the source',
});

export interface Built {
  readonly stages: readonly Stage[];
  /** What the runtime stage takes from the build stage. */
  readonly copies: readonly Step[];
}

/** The build stage, and what the image takes from it. No stage where nothing is installed or built. */
export function builtBy(parts: BuildParts): Built {
  const { install, images, project, assets, packages } = parts;
  const after = buildSteps(parts);
  if (!install && after.length === 0 && !assets && !images.freeThreaded)
    return { stages: [], copies: [sourceCopy(project)] };
  const path = images.freeThreaded ? `${VENV}/bin:${OWN_PYTHON}/bin:${SYSTEM_PATH}` : `${VENV}/bin:${SYSTEM_PATH}`;
  const fromBuild = after.length > 0 || (install?.project.length ?? 0) > 0 || assets !== undefined;
  const stage: Stage = {
    name: BUILD_STAGE,
    base: images.build,
    ...(images.os === 'alpine' ? { os: 'alpine' as const } : {}),
    why: 'compilers and tools; none of them are in the image',
    steps: [
      ...environmentSteps({ install, os: images.os, packages, path, before: ownPython(parts) }),
      ...(fromBuild ? sourceSteps(parts) : []),
      ...(install?.project ?? []),
      ...after,
      ...(install ? relink(parts) : []),
    ],
  };
  const from = BUILD_STAGE;
  return {
    stages: [...(assets ? [assets.stage] : []), stage],
    copies: [
      ...(images.freeThreaded
        ? [
            {
              kind: 'copy',
              from,
              sources: [`${OWN_PYTHON}/`],
              to: `${OWN_PYTHON}/`,
              why: 'the Python without a GIL',
            } satisfies Step,
          ]
        : []),
      ...(install ? [venvCopy(project, from)] : []),
      fromBuild
        ? {
            kind: 'copy',
            from,
            sources: [`${APP_ROOT}/`],
            to: `${APP_ROOT}/`,
            exclude: ['.venv', ...CONTEXT_FILES],
            why: 'the source and what was built from it',
          }
        : { ...sourceCopy(project), to: `${imagePath('')}/` },
    ],
  };
}
