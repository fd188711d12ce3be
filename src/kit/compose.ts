import type { Advice } from '../plan/plan.ts';
import { composeText } from './escape.ts';
import { definePart, type KitFile } from './part.ts';
import type { Kit, KitEnvironment, KitVolume } from './model.ts';
import { workdirIn } from './targets.ts';
import { Replaced, yamlFile } from './yaml.ts';

/** Docker Compose: the image as it runs, and a file for each environment that goes over it. https://docs.docker.com/reference/compose-file/ */

const SERVICE = 'app';
const runsOn = ({ workload }: Kit): boolean => workload !== 'job' && workload !== 'cron';

const escaped = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, composeText(value)]));

/** Taken from the environment, or .env, of whoever starts it; it does not start without. */
const given = (names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, `\${${name}:?set it in .env or in the environment}`]));

const environment = (
  kit: Kit,
  env: Readonly<Record<string, string>>,
  secrets: readonly string[],
): Record<string, string> => ({
  ...given([...new Set([...kit.required.filter((name) => !Object.hasOwn(env, name)), ...secrets])]),
  ...escaped(env),
});

function mount(volume: KitVolume): Record<string, unknown> {
  if (volume.kind === 'config')
    return {
      type: 'bind',
      source: composeText(`./${volume.source}`),
      target: composeText(volume.path),
      read_only: true,
    };
  return { type: 'volume', source: volume.name, target: composeText(volume.path) };
}

const EXECUTABLE_TMP = '/tmp:mode=1777,exec';

/** A JVM unpacks native libraries into its temporary folder and loads them from there. */
const tmpOptions = ({ facts }: Kit): string =>
  /^(.*\/)?java$/.test([...facts.entrypoint, ...facts.command][0] ?? '') ? EXECUTABLE_TMP : '/tmp:mode=1777';

const memoryFolders = (kit: Kit, tmp: string): string[] => [
  tmp,
  ...kit.scratch.map((path) => composeText(`${path}:mode=1777`)),
];

function hardening(kit: Kit): Record<string, unknown> {
  return {
    ...(kit.readOnlyRoot ? { read_only: true, tmpfs: memoryFolders(kit, tmpOptions(kit)) } : {}),
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
  };
}

function buildOf(kit: Kit, target: string): Record<string, unknown> {
  const args = kit.manifest.build?.args ?? {};
  return {
    context: '.',
    target,
    ...(Object.keys(args).length > 0 ? { args: escaped(args) } : {}),
    ...(kit.buildSecrets.length > 0 ? { secrets: [...kit.buildSecrets] } : {}),
  };
}

function baseService(kit: Kit): Record<string, unknown> {
  const { port } = kit;
  return {
    image: `\${IMAGE:-${kit.image}}:\${TAG:-${kit.tag}}`,
    build: buildOf(kit, 'production'),
    ...(port === undefined ? {} : { ports: [`\${HOST_PORT:-${port}}:${port}`] }),
    environment: { ...environment(kit, kit.env, kit.secrets), ...(port === undefined ? {} : { PORT: String(port) }) },
    ...(kit.volumes.length > 0 ? { volumes: kit.volumes.map((v) => mount(v)) } : {}),
    ...hardening(kit),
    restart: runsOn(kit) ? 'unless-stopped' : 'no',
    stop_grace_period: '30s',
  };
}

/** The other processes of the same image: no port, their own command, and health that the image's check says nothing of. */
function otherServices(kit: Kit): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(kit.manifest.processes ?? {})
      .filter(([name]) => /^[a-z0-9][a-z0-9_-]*$/i.test(name) && name !== SERVICE)
      .map(([name, command]) => [
        name,
        {
          ...baseService({ ...kit, port: undefined }),
          command: (typeof command === 'string' ? ['/bin/sh', '-c', command] : command).map((word) =>
            composeText(word),
          ),
          healthcheck: { disable: true },
        },
      ]),
  );
}

function topLevel(kit: Kit): Record<string, unknown> {
  const named = kit.volumes.filter((v) => v.kind !== 'config');
  const secrets = kit.buildSecrets.map((id) => [id, { environment: id.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_') }]);
  return {
    ...(named.length > 0 ? { volumes: Object.fromEntries(named.map((v) => [v.name, {}])) } : {}),
    ...(secrets.length > 0 ? { secrets: Object.fromEntries(secrets) as Record<string, unknown> } : {}),
  };
}

const baseFile = (kit: Kit): KitFile => ({
  path: 'compose.yaml',
  text: yamlFile(
    [
      'docker compose up --build          starts it as in production',
      'docker compose -f compose.yaml -f compose.development.yaml up --build --watch',
      'Secrets and other values that differ come from the environment or from .env; .env.example names them.',
    ],
    { name: kit.name, services: { [SERVICE]: baseService(kit), ...otherServices(kit) }, ...topLevel(kit) },
  ),
  why: 'starts the image on one machine, with its volumes, settings and limits',
});

/** Only what differs from the base. */
function changed(
  env: Readonly<Record<string, string>>,
  base: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => base[name] !== value));
}

const MEMORY = '512M';
const composeMemory = (memory: string | undefined): string => memory?.replace(/i$/, '') ?? MEMORY;
const cpusOf = (cpu: string): string => (cpu.endsWith('m') ? String(Number(cpu.slice(0, -1)) / 1000) : cpu);

/** Files of dependency managers: when one changes, the image is built anew. */
const DEPENDENCY_FILES =
  /^(package(-lock)?\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lockb?|requirements[^/]*\.txt|pyproject\.toml|(uv|poetry|pdm|Cargo|composer|mix|Gemfile)\.lock|Pipfile(\.lock)?|go\.(mod|sum)|pom\.xml|build\.gradle(\.kts)?|Cargo\.toml|composer\.json|Gemfile|mix\.exs)$/;
/** What is made in the container, or is none of its business. */
const NOT_SYNCED = ['.git/', 'node_modules/', '.venv/', '__pycache__/', 'target/', 'build/', 'dist/', '.next/'];

function watchOf(kit: Kit): Record<string, unknown>[] {
  const { reload, project, plan } = kit;
  const stage = plan.stages.find((s) => s.name === reload.stage);
  const isRuntime = stage === plan.stages.at(-1);
  // A stage that builds holds the whole workspace; the one that runs has the app where it is started.
  const folder = isRuntime ? project.app.path : project.root;
  const root = folder === '' ? '.' : `./${folder}`;
  const names = project.tree.names(folder).filter((name) => DEPENDENCY_FILES.test(name));
  const rebuilds = names.map((name) => ({ action: 'rebuild', path: composeText(`${root}/${name}`) }));
  if (reload.onEdit === 'rebuild') return [{ action: 'rebuild', path: composeText(root), ignore: NOT_SYNCED }];
  const workdir = (isRuntime ? undefined : stage && workdirIn(plan, stage)) ?? kit.facts.workdir;
  return [
    { action: reload.onEdit, path: composeText(root), target: composeText(workdir), ignore: [...NOT_SYNCED, ...names] },
    ...rebuilds,
  ];
}

function developmentFile(kit: Kit, env: KitEnvironment): KitFile {
  const service = {
    image: `\${IMAGE:-${kit.image}}:\${TAG:-${kit.tag}}-${env.name}`,
    build: { target: env.target },
    environment: environment(
      kit,
      changed(env.env, kit.env),
      env.secrets.filter((name) => !kit.secrets.includes(name)),
    ),
    // An edit lands in the container's own files.
    read_only: false,
    // Tools such as `go run` start what they build from there.
    ...(kit.readOnlyRoot ? { tmpfs: new Replaced(memoryFolders(kit, EXECUTABLE_TMP)) } : {}),
    restart: 'no',
    ...(kit.reload.onEdit === 'rebuild' || !kit.facts.hasHealthcheck ? {} : { healthcheck: { disable: true } }),
    develop: { watch: watchOf(kit) },
  };
  return {
    path: 'compose.development.yaml',
    text: yamlFile(
      [
        'docker compose -f compose.yaml -f compose.development.yaml up --build --watch',
        `On an edit: ${kit.reload.onEdit} (${kit.reload.why}).`,
      ],
      { services: { [SERVICE]: service } },
    ),
    why: 'over compose.yaml: the development target, which takes edits while it runs',
  };
}

function deployedFile(kit: Kit, env: KitEnvironment): KitFile {
  const { port } = kit;
  const { deploy } = env.manifest;
  const service = {
    image: `\${IMAGE:-${kit.image}}:\${TAG:-${kit.tag}}${env.name === 'production' ? '' : `-${env.name}`}`,
    build: { target: env.target },
    environment: environment(
      kit,
      changed(env.env, kit.env),
      env.secrets.filter((name) => !kit.secrets.includes(name)),
    ),
    // Several replicas cannot have one port of the machine: each takes one of a range.
    ...(port !== undefined && env.replicas > 1
      ? { ports: new Replaced([`${port}-${port + env.replicas - 1}:${port}`]) }
      : {}),
    restart: runsOn(kit) ? 'always' : 'no',
    logging: { driver: 'local', options: { 'max-size': '10m', 'max-file': '5' } },
    deploy: {
      ...(runsOn(kit) ? { replicas: env.replicas } : {}),
      resources: {
        limits: {
          ...(deploy?.cpu === undefined ? {} : { cpus: cpusOf(deploy.cpu) }),
          memory: composeMemory(deploy?.memory),
        },
      },
    },
  };
  return {
    path: `compose.${env.name}.yaml`,
    text: yamlFile([`docker compose -f compose.yaml -f compose.${env.name}.yaml up --detach`], {
      services: { [SERVICE]: service },
    }),
    why: `over compose.yaml: replicas, limits and values of ${env.name}`,
  };
}

/** Names of what has to be given, with no value: the place for them is .env, which never goes into an image or a repository. */
function exampleFile(kit: Kit): KitFile[] {
  const names = [...new Set([...kit.required, ...kit.environments.flatMap((env) => env.secrets), ...kit.secrets])];
  if (names.length === 0) return [];
  return [
    {
      path: '.env.example',
      text: `# Copy it to .env and fill it in; .env stays out of the repository and out of the image.\n${names.map((name) => `${name}=\n`).join('')}`,
      why: 'the variables that have to be given',
    },
  ];
}

const OWN_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/** The project's own file that Compose would read; ours would hide it. */
const ownComposeFile = ({ project }: Kit): string | undefined => OWN_FILES.find((name) => project.tree.isFile(name));

function advice(kit: Kit): Advice[] {
  const own = ownComposeFile(kit);
  if (own === undefined || own === 'compose.yaml') return [];
  return [
    {
      code: 'compose-hides-own',
      detail: `The project has ${own}; Compose reads compose.yaml before it.`,
      hint: `Name both: docker compose -f ${own} -f compose.yaml …, or leave this part out of include=.`,
      file: own,
    },
  ];
}

export const composePart = definePart({
  id: 'compose',
  title: 'Docker Compose, with a file for each environment',
  files: (kit) => [
    baseFile(kit),
    developmentFile(kit, kit.development),
    ...kit.deployed.map((env) => deployedFile(kit, env)),
    ...exampleFile(kit),
  ],
  advice,
});
