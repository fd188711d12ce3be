import { joinPath } from '../../inventory/inventory.ts';
import type { Advice, Evidence } from '../../plan/plan.ts';
import { calledPackages, type CalledPrograms } from '../called-packages.ts';
import { hitsOf, readCode, type Code } from '../code.ts';
import { configuredPort } from '../configured-port.ts';
import type { Rejected, Scope } from '../language.ts';
import { loopbackAdvice } from '../loopback.ts';
import { namedSettings, type NamedSettings } from '../named-settings.ts';
import type { RunFiles } from '../run-files.ts';
import { browserApp } from './browser.ts';
import { FRAMEWORKS, WORKERS, type Framework } from './frameworks.ts';
import type { CargoPackage } from './package.ts';
import { withoutTests } from './test-code.ts';
import { portsOf, type Ports } from './ports.ts';
import { chooseProgram, type Program } from './programs.ts';
import { closureOf, readCargoProject, type CargoProject } from './project.ts';
import { runFilesOf } from './run-files.ts';
import { serveCommand } from './subcommands.ts';

/** All that is known of the program to run; `infer` and `plan` both read it. */
export interface RustApp {
  readonly project: CargoProject;
  readonly program: Program;
  readonly from: Evidence;
  readonly rejected: readonly Rejected[];
  readonly workload: { readonly value: 'service' | 'worker' | 'job' | 'static'; readonly from: Evidence };
  readonly framework: { readonly framework: Framework; readonly from: Evidence } | undefined;
  readonly ports: Ports;
  readonly port: number | undefined;
  readonly health: { readonly path: string; readonly from: Evidence } | undefined;
  readonly files: RunFiles;
  /** Where it is started, below the scope's root. */
  readonly startFolder: string;
  readonly endsOnSigterm: boolean;
  readonly called: CalledPrograms | undefined;
  /** It runs in a browser: a server of files gives it out. */
  readonly browser: Evidence | undefined;
  /** Words without which the program serves nothing. */
  readonly args: readonly string[];
}

/** The port of a program that reads PORT or says nothing. */
const DEFAULT_PORT = 8080;

/** Comments, strings (raw ones too) and characters of Rust; a lifetime is none. */
const RUST_TOKENS =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\br#"([\s\S]*?)"#|\br"([^"]*)"|"((?:[^"\\]|\\[\s\S])*)"|'(?:[^'\\\n]|\\[^\n']{1,8}|\\')'/g;

const NOT_RUN = /^(tests|examples|benches|target)\//;

/** The source of a program: its own file first, then what its package and the others are made of, without other programs. */
function codeOf(project: CargoProject, program: Program): Code[] {
  const { inventory } = project;
  const own = joinPath(program.package.folder, program.bin.path);
  const others = new Set(
    program.package.bins.filter((b) => b !== program.bin).map((b) => joinPath(program.package.folder, b.path)),
  );
  const paths = closureOf(project, program.package).flatMap((p) => {
    const below = (path: string): string | undefined =>
      p.folder === '' ? path : path.startsWith(`${p.folder}/`) ? path.slice(p.folder.length + 1) : undefined;
    const nested = project.local.filter((l) => l !== p && l.folder.startsWith(p.folder === '' ? '' : `${p.folder}/`));
    return inventory.files((path) => {
      const rest = below(path);
      return (
        rest !== undefined &&
        path.endsWith('.rs') &&
        rest !== p.buildScript &&
        !NOT_RUN.test(rest) &&
        !others.has(path) &&
        !nested.some((l) => l.folder !== '' && path.startsWith(`${l.folder}/`))
      );
    });
  });
  return withoutTests(
    [...new Set([own, ...paths])].flatMap((path) => {
      const text = inventory.text(path);
      return text === undefined ? [] : [readCode(path, text, RUST_TOKENS)];
    }),
  );
}

const LISTENS =
  /\b(?:Tcp|Unix)Listener::bind\b|\.bind\w*\s*\(|\bServer::(?:bind|builder|http|new)\b|\baxum::serve\b|\bserve\w*\s*\(|\.launch\(\)|\.listen\s*\(|\brocket::(?:build|ignite|custom)\b|\.run\(\(?\[|"(?:0\.0\.0\.0|\[::\]):\d{2,5}"/g;
const ENDS = /\bSignalKind::terminate\b|\bsignal_hook\b|\bctrlc::set_handler\b[\s\S]{0,400}|\bSIGTERM\b/;

const HEALTH =
  /(?:\.route\s*\(\s*|#\[(?:get|rocket::get|actix_web::get)\s*\(\s*|\.at\s*\(\s*|web::resource\s*\(\s*|warp::path!?\s*\(\s*)"\/?(livez|healthz|health|healthcheck|health_check|readyz|ping)"/g;
const HEALTH_ORDER = ['livez', 'healthz', 'health', 'healthcheck', 'health_check', 'readyz', 'ping'];

function healthOf(code: readonly Code[]): RustApp['health'] {
  // Below a prefix the path is another one.
  const grouped = code.some((file) =>
    /\.nest\s*\(|web::scope\s*\(|\.mount\s*\(\s*"\/[^"]|\.nest_service\s*\(/.test(file.code),
  );
  const hits = grouped ? [] : hitsOf(code, HEALTH, 'a route for health checks');
  for (const name of HEALTH_ORDER) {
    const hit = hits.find((h) => h.groups[1] === name);
    if (hit) return { path: `/${name}`, from: hit.from };
  }
  return undefined;
}

function frameworkOf(packages: readonly CargoPackage[], listens: boolean): RustApp['framework'] {
  const direct = packages.flatMap((p) => p.dependencies.filter((d) => d.kind === 'normal').map((d) => ({ p, d })));
  for (const framework of FRAMEWORKS) {
    const found = direct.find(({ d }) => framework.crates.includes(d.name));
    if (found && (listens || framework.serves)) {
      return { framework, from: { file: joinPath(found.p.folder, 'Cargo.toml'), why: `depends on ${found.d.name}` } };
    }
  }
  return undefined;
}

/** Ports of Rocket stand in its own settings file. https://rocket.rs/guide/v0.5/configuration/ */
function rocketPort(
  { inventory, workFolder }: CargoProject,
  { folder }: CargoPackage,
): { port: number; from: Evidence } | undefined {
  for (const file of new Set([joinPath(folder, 'Rocket.toml'), joinPath(workFolder, 'Rocket.toml')])) {
    const lines = (inventory.text(file) ?? '').split('\n');
    let section = '';
    for (const [i, line] of lines.entries()) {
      section = /^\s*\[([\w.]+)\]/.exec(line)?.[1] ?? section;
      const port = Number(/^\s*port\s*=\s*(\d{2,5})\b/.exec(line)?.[1]);
      if (port > 0 && section !== 'debug')
        return { port, from: { file, line: i + 1, why: 'port of Rocket’s settings' } };
    }
  }
  return undefined;
}

/** With the port of the settings that it reads, where its source tells none, and the variable that picks those. */
function withSettings(
  ports: Ports,
  { inventory }: CargoProject,
  { read }: RunFiles,
  named: NamedSettings | undefined,
): Ports {
  const told = ports.found !== undefined || ports.readsPort || Object.keys(ports.variables).length > 0;
  const set = told ? undefined : configuredPort(inventory, read);
  return {
    ...ports,
    found: ports.found ?? (set && { ...set, loopback: set.loopback && named?.open !== true }),
    variables: named ? { ...ports.variables, [named.variable]: named.value } : ports.variables,
    variablesFrom: ports.variablesFrom ?? named?.from,
  };
}

/** Reads a project and picks its program, the one that `command` names or else by rule; undefined where none can be. */
export function rustApp(
  scope: Scope,
  command: readonly string[] | undefined,
): { app: RustApp | undefined; project: CargoProject } {
  const project = readCargoProject(scope);
  const chosen = chooseProgram(project, command);
  if (!chosen) return { app: undefined, project };
  const { program } = chosen;
  const packages = closureOf(project, program.package);
  const code = codeOf(project, program);
  const [listening] = hitsOf(code, LISTENS, 'it listens on a port');
  const unknown = code.length === 0;
  const framework = frameworkOf(packages, listening !== undefined || unknown);
  const names = new Set(packages.flatMap((p) => p.dependencies.filter((d) => d.kind === 'normal').map((d) => d.name)));
  const queue = WORKERS.find((name) => names.has(name));
  const fallback = framework?.framework.port ?? DEFAULT_PORT;
  const { files, startFolder } = runFilesOf(project, program, code, packages);
  const named = namedSettings(code, project.inventory, files.read);
  const ports = withSettings(portsOf(code, fallback), project, files, named);
  const commandLine = names.has('clap') && !framework && !ports.found && !ports.readsPort;
  const rocket = framework?.framework.id === 'rocket' ? rocketPort(project, program.package) : undefined;
  const fixed = rocket ? { ...rocket, loopback: false } : framework?.framework.env ? undefined : ports.found;
  const browser = framework ? undefined : browserApp(project, program);
  const serves = browser === undefined && (framework !== undefined || (listening !== undefined && !commandLine));
  const workload: RustApp['workload'] = browser
    ? { value: 'static', from: browser }
    : serves
      ? { value: 'service', from: framework?.from ?? listening?.from ?? chosen.from }
      : queue !== undefined
        ? {
            value: 'worker',
            from: { file: joinPath(program.package.folder, 'Cargo.toml'), why: `depends on ${queue}` },
          }
        : { value: 'job', from: { ...chosen.from, why: 'nothing in it listens' } };
  const found = fixed ?? (framework?.framework.id === 'rocket' ? ports.found : undefined);
  const serve = serves ? serveCommand(code, program.bin.name) : undefined;
  return {
    app: {
      project,
      ...chosen,
      workload,
      framework,
      ports: { ...ports, found: framework?.framework.env ? found && { ...found, loopback: false } : ports.found },
      port: serves ? (found?.port ?? fallback) : undefined,
      health: serves ? healthOf(code) : undefined,
      files,
      startFolder,
      endsOnSigterm: framework?.framework.endsOnSigterm === true || code.some((file) => ENDS.test(file.code)),
      called: calledPackages('rust', code),
      browser,
      args: framework?.framework.args ?? (serve === undefined ? [] : [serve]),
    },
    project,
  };
}

/** Where the program listens, as the image sets it by the environment. */
export const environmentOf = ({ framework, ports }: RustApp, port: number | undefined): Record<string, string> =>
  port === undefined ? {} : { ...(framework?.framework.env?.(port) ?? ports.variables) };

export function servingAdvice({ ports: { found } }: RustApp, port: number | undefined): Advice[] {
  return port === undefined ? [] : loopbackAdvice(found, 'Bind 0.0.0.0, or read the host from the environment.');
}
