import type { Inventory } from '../../inventory/inventory.ts';
import type { BuildPlan, Evidence, Step } from '../../plan/plan.ts';
import type { Finding, PlanRequest, Scope } from '../language.ts';
import type { ChosenVersion } from '../runtime-version.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { APP_ROOT } from './layout.ts';
import { groundOf } from './runtime.ts';
import { DEFAULT_PORT } from './serving.ts';
import { javaLine, javaVersion, versionAdvice } from './version.ts';

/** An archive that was taken apart, as platforms take it: classes and libraries lie there, and nothing has to be built. */

const BUILD_OR_SOURCE = /^(pom\.xml|(build|settings)\.gradle(\.kts)?|project\.clj|build\.sbt|.+\.java)$/;

const buildsOrCompiles = (inventory: Inventory): boolean =>
  inventory.names('').some((name) => BUILD_OR_SOURCE.test(name) && inventory.entry(name)?.kind === 'file');

export const MANIFEST = 'META-INF/MANIFEST.MF';
const LIBRARIES = 'BOOT-INF/lib';

interface Unpacked {
  readonly mainClass: string;
  readonly from: Evidence;
  /** Archives beside the classes, as the manifest names them. */
  readonly classPath: readonly string[];
  readonly jdk: string | undefined;
  readonly boot: boolean;
  readonly serves: Evidence | undefined;
}

/** Lines that are too long go on in the next one, behind a blank. https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html */
const attribute = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)$`, 'm').exec(text.replaceAll(/\r?\n /g, ''))?.[1]?.trim();

const SERVERS =
  /^BOOT-INF\/lib\/(spring-webmvc|spring-webflux|tomcat-embed-core|reactor-netty|jetty-server|undertow-core)-/;

function unpackedArchive(inventory: Inventory): Unpacked | undefined {
  const text = inventory.text(MANIFEST);
  const mainClass = text === undefined ? undefined : attribute(text, 'Main-Class');
  if (text === undefined || mainClass === undefined || !/^[\w.$]+$/.test(mainClass)) return undefined;
  const [server] = inventory.files(SERVERS);
  const path = (attribute(text, 'Class-Path') ?? '').split(' ');
  return {
    mainClass,
    from: { file: MANIFEST, why: `its Main-Class is ${mainClass}` },
    classPath: path.filter((entry) => /^[\w./+-]+$/.test(entry) && !entry.includes('..') && inventory.isFile(entry)),
    jdk: attribute(text, 'Build-Jdk-Spec') ?? attribute(text, 'Build-Jdk'),
    boot: attribute(text, 'Spring-Boot-Version') !== undefined,
    serves: server === undefined ? undefined : { file: server, why: 'it brings a web server' },
  };
}

/** Where no build file and no source says how it is made. */
export const unpackedIn = ({ inventory, member }: Scope): Unpacked | undefined =>
  member === '' && !buildsOrCompiles(inventory) ? unpackedArchive(inventory) : undefined;

const commandOf = ({ mainClass, classPath }: Unpacked): string[] => [
  'java',
  '-cp',
  ['.', ...classPath].join(':'),
  mainClass,
];

const versionOf = ({ inventory, member }: Scope, { jdk }: Unpacked): ChosenVersion =>
  javaVersion(
    { inventory, member, tool: 'javac', modules: [], gradle: undefined },
    undefined,
    jdk === undefined ? [] : [{ text: jdk, from: { file: MANIFEST, why: `built with the JDK ${jdk}` } }],
  );

export function unpackedFindings(scope: Scope, found: Unpacked): Finding[] {
  const version = versionOf(scope, found);
  return [
    { at: '/runtime', value: version.version, from: version.from, rejected: version.rejected },
    ...(found.boot ? [{ at: '/framework', value: 'spring-boot', from: found.from } as const] : []),
    { at: '/workload', value: found.serves ? 'service' : 'job', from: found.serves ?? found.from },
    { at: '/command', value: commandOf(found), from: found.from },
    ...(found.serves ? [{ at: '/port', value: DEFAULT_PORT, from: found.serves } as const] : []),
  ];
}

const holdsClasses = (inventory: Inventory, folder: string): boolean =>
  inventory.files((path) => path.startsWith(`${folder}/`) && path.endsWith('.class')).length > 0;

/** Libraries first, which change least; what lies beside the archive's own folders and classes stays out. */
function copiesOf(inventory: Inventory, { boot }: Unpacked): Step[] {
  const folders = inventory.names('').filter((name) => !name.startsWith('.') && inventory.isDirectory(name));
  const classes = inventory.names('').filter((name) => name.endsWith('.class'));
  const inside = inventory.names('BOOT-INF').map((name) => `BOOT-INF/${name}`);
  const app = folders.filter(
    (name) => name !== 'BOOT-INF' && (!boot || name === 'META-INF' || holdsClasses(inventory, name)),
  );
  const own = [...app, ...inside.filter((path) => path !== LIBRARIES)];
  return [
    ...(inventory.isDirectory(LIBRARIES)
      ? [
          {
            kind: 'copy',
            sources: [`${LIBRARIES}/`],
            to: `./${LIBRARIES}/`,
            why: 'libraries, which change least',
          } satisfies Step,
        ]
      : []),
    ...own.map((path): Step => {
      const tail = inventory.isDirectory(path) ? '/' : '';
      return { kind: 'copy', sources: [`${path}${tail}`], to: `./${path}${tail}`, why: 'the app' };
    }),
    ...(classes.length > 0 ? [{ kind: 'copy', sources: classes, to: './', why: 'the app' } satisfies Step] : []),
  ];
}

export function planUnpacked(request: PlanRequest, found: Unpacked): BuildPlan {
  const { inventory, settings, variant } = request;
  const line = javaLine(settings.runtime ?? versionOf(request, found).version);
  const ground = groundOf(variant, line, APP_ROOT);
  const workload = settings.workload ?? (found.serves ? 'service' : 'job');
  const port = settings.port ?? (workload === 'service' ? DEFAULT_PORT : undefined);
  const env = FRAMEWORKS.find((f) => f.id === 'spring-boot')?.env;
  return {
    stages: [],
    runtime: {
      base: ground.base,
      os: ground.os,
      why: ground.why,
      workdir: ground.workdir,
      steps: [
        ...ground.steps,
        ...(found.boot && port !== undefined && env
          ? [{ kind: 'env', vars: { ...env }, why: 'the framework’s own setting for its port' } satisfies Step]
          : []),
        ...copiesOf(inventory, found),
      ],
      process: {
        argv: request.command ?? commandOf(found),
        why: 'Java as PID 1: it ends in order on SIGTERM',
        evidence: [found.from],
        init: false,
      },
      ...(ground.clearEntrypoint ? { clearEntrypoint: true } : {}),
      ...(port === undefined ? {} : { port }),
      probe: port === undefined ? 'none' : ground.probe,
    },
    advice: [...versionAdvice(line)],
  };
}
