import type { Evidence, Step } from '../../plan/plan.ts';
import { sh, type Shell } from '../../plan/shell.ts';
import { BUILD_STAGE, OUTPUT } from './layout.ts';

/** How an app leaves the build and is started: what the tool has to do, what is gathered in /out, and the command. */
export interface Delivery {
  /** Goals or tasks that make it. */
  readonly goals: readonly string[];
  /** Goals behind them that gather its libraries in /out. */
  readonly gather?: readonly string[];
  /** Fills /out, run in the source's folder once the tool is done. */
  readonly collect: readonly Shell[];
  /** From /out, those that change least first. */
  readonly copies: readonly Step[];
  readonly argv: readonly string[];
  readonly why: string;
  readonly from?: Evidence | undefined;
  /** A web archive, which needs a server around it. */
  readonly war?: boolean;
  /** The one archive that holds all that the app needs, where the build makes one. */
  readonly archive?: BuiltFile;
}

/** A file of the build's, by what is fixed in its name: versions change, so they are not written down. */
export interface BuiltFile {
  readonly prefix: string;
  /** Undefined where the prefix is the whole name. */
  readonly suffix: string | undefined;
}

const PLAIN = /^[\w./+@-]*$/;

function pathOf({ prefix, suffix }: BuiltFile): Shell {
  if (suffix === undefined) return sh`${prefix}`;
  return PLAIN.test(prefix) && PLAIN.test(suffix) && suffix !== '' ? sh`${prefix}*${suffix}` : sh`${prefix}*`;
}

const outCopy = (sources: readonly string[], to: string, why: string, glob = false): Step => ({
  kind: 'copy',
  from: BUILD_STAGE,
  sources: sources.map((s) => `${OUTPUT}/${s}`),
  to,
  ...(glob ? { glob } : {}),
  why,
});

const toOutput = (built: BuiltFile, name: string): Shell[] => [
  sh`mkdir -p ${OUTPUT}`,
  sh`cp ${pathOf(built)} ${`${OUTPUT}/${name}`}`,
];

export function jarDelivery(goals: readonly string[], built: BuiltFile, from?: Evidence, name = 'app.jar'): Delivery {
  return {
    goals,
    collect: toOutput(built, name),
    copies: [outCopy([name], `./${name}`, 'the app with all that it needs in it')],
    argv: ['java', '-jar', name],
    why: 'one archive with all that it needs',
    from,
    archive: built,
  };
}

/** Spring Boot's layers: dependencies in one that an edit of the source leaves as it is. https://docs.spring.io/spring-boot/reference/packaging/container-images/dockerfiles.html */
export function bootDelivery(goals: readonly string[], built: BuiltFile, version: string, from?: Evidence): Delivery {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const since = (a: number, b: number): boolean => major > a || (major === a && minor >= b);
  if (!since(2, 4)) return jarDelivery(goals, built, from);
  const tools = since(3, 3);
  const jar = '/tmp/app.jar';
  const extract = tools
    ? sh`java -Djarmode=tools -jar ${jar} extract --layers --destination ${OUTPUT}`
    : sh`java -Djarmode=layertools -jar ${jar} extract --destination ${OUTPUT}`;
  const launcher = since(3, 2)
    ? 'org.springframework.boot.loader.launch.JarLauncher'
    : 'org.springframework.boot.loader.JarLauncher';
  const layers: readonly (readonly [folder: string, why: string])[] = [
    ['dependencies', 'released libraries, which change least'],
    ['spring-boot-loader', 'what starts the app'],
    ['snapshot-dependencies', 'libraries that are not released yet'],
    ['application', 'the app itself'],
  ];
  return {
    goals,
    collect: [sh`cp ${pathOf(built)} ${jar}`, extract],
    copies: layers.map(([folder, why]) => outCopy([`${folder}/`], './', why)),
    argv: tools ? ['java', '-jar', 'app.jar'] : ['java', launcher],
    why: 'Spring Boot takes its archive apart into layers',
    from,
    archive: built,
  };
}

/** https://quarkus.io/guides/maven-tooling#fast-jar */
export function quarkusDelivery(goals: readonly string[], folder: string, from?: Evidence): Delivery {
  return {
    goals,
    collect: [sh`mkdir -p ${OUTPUT}`, sh`cp -r ${`${folder}/.`} ${`${OUTPUT}/`}`],
    copies: [
      outCopy(['lib/'], './lib/', 'libraries, which change least'),
      outCopy(['*.jar'], './', 'what starts the app', true),
      outCopy(['app/'], './app/', 'the app itself'),
      outCopy(['quarkus/'], './quarkus/', 'what Quarkus worked out while it was built'),
    ],
    argv: ['java', '-jar', 'quarkus-run.jar'],
    why: 'Quarkus’ own layout, which starts fastest',
    from,
  };
}

/** An archive that names the libraries beside it. */
export function runnerDelivery(built: BuiltFile, libraries: string, from?: Evidence): Delivery {
  return {
    goals: ['package'],
    collect: [...toOutput(built, 'app.jar'), sh`cp -r ${libraries} ${`${OUTPUT}/`}`],
    copies: [
      outCopy(['lib/'], './lib/', 'libraries, in a layer that an edit of the source leaves as it is'),
      outCopy(['app.jar'], './app.jar', 'the app itself'),
    ],
    argv: ['java', '-jar', 'app.jar'],
    why: 'an archive that names the libraries beside it',
    from,
  };
}

export const LIBRARIES = `${OUTPUT}/lib`;

/** An archive of the app's own classes beside its libraries. */
export function classPathDelivery(
  goals: readonly string[],
  built: BuiltFile,
  mainClass: string,
  libraries: boolean,
  from?: Evidence,
): Delivery {
  return {
    goals,
    collect: [
      ...(libraries ? [sh`mkdir -p ${LIBRARIES}`] : [sh`mkdir -p ${OUTPUT}`]),
      sh`cp ${pathOf(built)} ${`${OUTPUT}/app.jar`}`,
    ],
    copies: [
      ...(libraries
        ? [outCopy(['lib/'], './lib/', 'libraries, in a layer that an edit of the source leaves as it is')]
        : []),
      outCopy(['app.jar'], './app.jar', 'the app itself'),
    ],
    argv: ['java', '-cp', libraries ? 'app.jar:lib/*' : 'app.jar', mainClass],
    why: libraries ? 'its own classes beside its libraries' : 'its own classes; it needs no libraries',
    from,
  };
}

export const INVOKER = `${OUTPUT}/invoker`;
const INVOKER_JAR = 'java-function-invoker.jar';

/** A function beside the server that calls it, which loads it and its libraries from a class path of their own. */
export function functionDelivery(made: Delivery, fetch: Shell, target: string): Delivery {
  const [, , path = 'app.jar'] = made.argv;
  return {
    ...made,
    collect: [...made.collect, fetch],
    copies: [
      outCopy([`invoker/${INVOKER_JAR}`], `./${INVOKER_JAR}`, 'the server that calls the function'),
      ...made.copies,
    ],
    argv: ['java', '-jar', INVOKER_JAR, '--classpath', path, '--target', target],
    why: 'a function, and the server of its framework',
  };
}

/** What `installDist` and sbt's `stage` leave: `lib/` with all archives, and a script that starts them. */
export function distributionDelivery(
  goals: readonly string[],
  collect: readonly Shell[],
  start: { readonly mainClass: string } | { readonly script: string },
  from?: Evidence,
): Delivery {
  const byClass = 'mainClass' in start;
  return {
    goals,
    collect: [sh`mkdir -p ${OUTPUT}`, ...collect],
    copies: byClass
      ? [outCopy(['lib/'], './lib/', 'the app and its libraries')]
      : [outCopy([''], './', 'the app, its libraries, and the script that starts it')],
    argv: byClass ? ['java', '-cp', 'lib/*', start.mainClass] : [`bin/${start.script}`],
    why: 'the app with its libraries beside it',
    from,
  };
}

/** An unpacked web archive; the server around it is the runtime image's. */
export function warDelivery(goals: readonly string[], built: BuiltFile, from?: Evidence): Delivery {
  return {
    goals,
    collect: [
      sh`mkdir -p ${`${OUTPUT}/ROOT`}`,
      sh`cp ${pathOf(built)} ${'/tmp/app.war'}`,
      sh`cd ${`${OUTPUT}/ROOT`}`,
      sh`jar -xf ${'/tmp/app.war'}`,
    ],
    copies: [outCopy(['ROOT/'], './webapps/ROOT/', 'the app, unpacked: nothing has to be written at the start')],
    argv: ['catalina.sh', 'run'],
    why: 'a web archive, served at /',
    from,
    war: true,
  };
}

const BUILT_PATH = /(?:^|[\s"'=:])((?:[\w.-]+\/)*(?:target|build)\/[^\s"';:&|$(){}]+)/g;

/**
 * The app's own archive where a command expects one: the version in the name may be an old one, and a `*` may stand for
 * an archive without the libraries, too.
 */
function archiveAt(delivery: Delivery, built: BuiltFile, path: string, command: readonly string[]): Delivery {
  const to = /[*?[]/.test(path) ? `${path.slice(0, path.lastIndexOf('/') + 1)}app.jar` : path;
  return {
    ...delivery,
    collect: toOutput(built, 'app.jar'),
    copies: [outCopy(['app.jar'], `./${to}`, 'where the command expects it')],
    argv: command,
    why: 'one archive with all that it needs, where the command expects it',
  };
}

/**
 * For a command that names paths below `target/` or `build/` (as a Procfile does): those very paths, where the command
 * expects them.
 */
export function asBuilt(delivery: Delivery, command: readonly string[], sourceRoot: string): Delivery {
  const named = command.flatMap((word) => [...word.matchAll(BUILT_PATH)].map((m) => m[1] ?? ''));
  const paths = [...new Set(named)].filter((p) => !p.split('/').includes('..'));
  const [only] = paths;
  if (only === undefined) return { ...delivery, argv: command };
  if (delivery.archive && paths.length === 1 && only.endsWith('.jar'))
    return archiveAt(delivery, delivery.archive, only, command);
  const copies = paths.map((path): Step => {
    const star = path.search(/[*?[]/);
    const whole = star >= 0 && path.endsWith('/*');
    const isFile = /\.(jar|war)$/.test(path);
    const script = /^(.*\/)bin\/[^/]+$/.exec(path)?.[1];
    const folder = script ?? (whole ? path.slice(0, -1) : isFile ? path : `${path.replace(/\/$/, '')}/`);
    const to = star >= 0 && !whole ? `./${path.slice(0, path.lastIndexOf('/') + 1)}` : `./${folder}`;
    return {
      kind: 'copy',
      from: BUILD_STAGE,
      sources: [`${sourceRoot}/${folder}`],
      to,
      ...(star >= 0 && !whole ? { glob: true } : {}),
      why: 'where the command expects it',
    };
  });
  // Where Maven puts them by itself.
  const gather = paths.includes('target/dependency/*')
    ? ['dependency:copy-dependencies', '-DincludeScope=runtime']
    : [];
  return {
    ...delivery,
    gather,
    collect: [],
    copies,
    argv: command,
    why: 'the command names the paths of the build',
  };
}
