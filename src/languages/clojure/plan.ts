import { ASKED_PORTS } from '../asked-ports.ts';
import { pickTag } from '../../images/catalogue.ts';
import { toArgv } from '../../plan/command.ts';
import type { BuildPlan, Evidence, Mount, Stage, Step } from '../../plan/plan.ts';
import { all, sh, shellOf, type Shell } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import type { PlanRequest, Scope } from '../language.ts';
import { APP_ROOT, BUILD_STAGE, OUTPUT, SOURCE_ROOT } from '../java/layout.ts';
import { groundOf } from '../java/runtime.ts';
import { javaLine, javaVersion, versionAdvice } from '../java/version.ts';
import type { ChosenVersion } from '../runtime-version.ts';
import type { ClojureProject } from './project.ts';
import { readClojure } from './project.ts';

const JAR = `${OUTPUT}/app.jar`;
/** Libraries of Git lie in `.gitlibs`, the others in Maven's repository. */
const CACHES: readonly Mount[] = ['/root/.m2', '/root/.gitlibs'].map((target) => ({
  type: 'cache',
  target,
  sharing: 'locked',
}));

export interface ClojureServing {
  readonly workload: 'service' | 'job';
  readonly from: Evidence;
  readonly port: { readonly port: number; readonly from: Evidence } | undefined;
}

const SERVES =
  /\b(?:ring-jetty-adapter|ring\/ring\b|http-kit|pedestal\.jetty|pedestal\.service|aleph|luminus-\w+|immutant|ring-undertow-adapter|ring-jetty9-adapter|info\.sunng|kit-undertow|duct\/module\.web)/;
const LISTENS =
  /\brun-jetty\b|\brun-(?:\w+-)?server\b|\b(?:start|create)-(?:\w+-)?server\b|\brun-(?:undertow|http-server)\b|\bServerSocket\b|HttpServer\/create/;
const PORTS: readonly RegExp[] = [
  /"PORT"\)?[^()[\]{}"\d]{0,60}"?(\d{3,5})\b/g,
  /\(env\s{1,9}:port\s{1,9}"?(\d{3,5})/g,
  /::?(?:[\w.-]{1,40}\/)?port\s{1,40}(\d{3,5})\b/g,
];
const DEFAULT = { lein: 3000, deps: 8080 } as const;

export function clojureServing(project: ClojureProject): ClojureServing {
  const code = project.source;
  const listens = code.find(({ text }) => LISTENS.test(text));
  const serves = project.ring || SERVES.test(project.text) || listens !== undefined;
  if (!serves) return { workload: 'job', from: { file: project.file, why: 'nothing in it listens' }, port: undefined };
  const from = listens
    ? { file: listens.path, why: 'it starts a server' }
    : { file: project.file, why: 'it depends on a web server' };
  for (const pattern of PORTS) {
    for (const { path, text } of code) {
      const port = [...text.matchAll(pattern)]
        .map((match) => Number(match[1]))
        .find((found) => found >= 80 && found <= 65535 && !ASKED_PORTS.has(found));
      if (port !== undefined)
        return { workload: 'service', from, port: { port, from: { file: path, why: 'the port that it listens on' } } };
    }
  }
  return {
    workload: 'service',
    from,
    port: { port: DEFAULT[project.tool], from: { file: project.file, why: 'nothing names another port' } },
  };
}

export const clojureJava = ({ inventory, member }: Scope): ChosenVersion =>
  javaVersion({ inventory, member, tool: 'javac', modules: [], gradle: undefined }, undefined, [
    { text: '21', from: { why: 'every Clojure in use runs on it' } },
  ]);

/** How the app starts; undefined where nothing says it. */
export function clojureCommand({ ring, main, compiled, tool }: ClojureProject): readonly string[] | undefined {
  if (ring || (compiled && tool === 'deps')) return ['java', '-jar', 'app.jar'];
  if (main === undefined) return undefined;
  if (compiled) return ['java', '-jar', 'app.jar'];
  return tool === 'lein'
    ? ['java', '-cp', 'app.jar', 'clojure.main', '-m', main.name]
    : ['java', '-cp', 'src:resources:lib/*', 'clojure.main', '-m', main.name];
}

/** The archive with everything in it, wherever the build has put it. */
const takeJar = (name: string | undefined): Shell[] =>
  name === undefined
    ? [
        sh`mkdir -p ${OUTPUT}`,
        sh`find target -name '*.jar' -not -name '*.original.jar' -size +1k -exec cp {} ${JAR} ';'`,
        sh`test -s ${JAR}`,
      ]
    : [sh`mkdir -p ${OUTPUT}`, sh`find target -name ${name} -exec cp {} ${JAR} ';'`, sh`test -s ${JAR}`];

interface Making {
  readonly fetch: Shell;
  readonly make: Shell;
  readonly collect: readonly Shell[];
  readonly files: readonly string[];
  readonly copies: readonly Step[];
}

const copyOut = (from: string, to: string, why: string): Step => ({
  kind: 'copy',
  from: BUILD_STAGE,
  sources: [from],
  to,
  why,
});

function making({ inventory }: Scope, { tool, text, ring, build }: ClojureProject): Making {
  const archive = [copyOut(JAR, './app.jar', 'the app with all that it needs in it')];
  if (tool === 'lein') {
    const own = /:uberjar-name\s{1,9}"([\w.-]{1,100}\.jar)"/.exec(text)?.[1];
    return {
      fetch: sh`lein deps`,
      make: ring ? sh`lein ring uberjar` : sh`lein uberjar`,
      collect: takeJar(own ?? '*-standalone.jar'),
      files: ['project.clj', ...['profiles.clj'].filter((f) => inventory.isFile(f))],
      copies: archive,
    };
  }
  const files = ['deps.edn', ...['build.clj'].filter((f) => inventory.isFile(f))];
  if (build) {
    const make =
      build.task === undefined ? sh`clojure ${`-X:${build.alias}`}` : sh`clojure ${`-T:${build.alias}`} ${build.task}`;
    const fetch = all(
      sh`clojure -P`,
      build.task === undefined ? sh`clojure -P ${`-X:${build.alias}`}` : sh`clojure -P ${`-T:${build.alias}`}`,
    );
    return { fetch, make, collect: takeJar(undefined), files, copies: archive };
  }
  const folders = ['src', 'resources'].filter((f) => inventory.isDirectory(f));
  return {
    fetch: sh`clojure -P`,
    make: sh`clojure -Spath > /tmp/classpath`,
    collect: [
      sh`mkdir -p ${`${OUTPUT}/lib`}`,
      sh`tr ':' '\\n' < /tmp/classpath | grep '[.]jar$' | xargs cp -t ${`${OUTPUT}/lib`}`,
    ],
    files,
    copies: [
      copyOut(`${OUTPUT}/lib/`, './lib/', 'libraries, in a layer that an edit of the source leaves as it is'),
      ...folders.map((f): Step => ({
        kind: 'copy',
        sources: [`${f}/`],
        to: `./${f}/`,
        why: 'the app itself, compiled when it starts',
      })),
    ],
  };
}

function buildStage(scope: Scope, project: ClojureProject, request: PlanRequest, line: string): Stage {
  const { fetch, make, collect, files } = making(scope, project);
  const own = request.settings.build?.command;
  const kind = project.tool === 'lein' ? 'lein' : 'tools-deps';
  return {
    name: BUILD_STAGE,
    base: { image: 'clojure', tag: pickTag('clojure', [`temurin-${line}-${kind}-noble`, `temurin-21-${kind}-noble`]) },
    why: `Clojure’s tools and the JDK ${line}`,
    steps: [
      { kind: 'workdir', path: SOURCE_ROOT, why: 'the source' },
      {
        kind: 'copy',
        sources: files,
        to: './',
        why: 'what the app depends on, before its source: an edit of the source downloads nothing',
      },
      {
        kind: 'run',
        phase: 'install',
        mounts: CACHES,
        command: fetch,
        why: 'libraries; kept by the builder from one build to the next',
      },
      { kind: 'copy', sources: ['.'], to: '.', why: 'the source' },
      {
        kind: 'run',
        phase: 'build',
        mounts: CACHES,
        command: all(own === undefined ? make : shellOf(toArgv(own)), ...collect),
        why: 'one archive, or the class path where no archive is made',
      },
    ],
  };
}

/** Decides the build of a Clojure project. */
export function planClojure(request: PlanRequest): BuildPlan {
  const project = readClojure(request.inventory);
  const command = request.command ?? (project && clojureCommand(project));
  if (!project || !command) {
    throw new Problem('no-start-command', {
      detail: 'No namespace with a -main function was found, and neither project.clj nor deps.edn names one.',
      hint: 'Set :main in project.clj, or an alias with :main-opts in deps.edn, or "command" in the manifest or a Procfile.',
    });
  }
  const line = javaLine(request.settings.runtime ?? clojureJava(request).version);
  const serving = clojureServing(project);
  const service = (request.settings.workload ?? serving.workload) === 'service';
  const port = request.settings.port ?? (service ? (serving.port?.port ?? 8080) : undefined);
  const ground = groundOf(request.variant, line, APP_ROOT);
  return {
    stages: [buildStage(request, project, request, line)],
    runtime: {
      base: ground.base,
      os: ground.os,
      why: ground.why,
      workdir: ground.workdir,
      steps: [...ground.steps, ...making(request, project).copies],
      process: {
        argv: command,
        why: 'Java as PID 1: it ends in order on SIGTERM',
        ...(project.main ? { evidence: [project.main.from] } : {}),
        init: false,
      },
      ...(ground.clearEntrypoint ? { clearEntrypoint: true } : {}),
      ...(port === undefined ? {} : { port }),
      probe: port === undefined ? 'none' : ground.probe,
    },
    advice: versionAdvice(line),
  };
}
