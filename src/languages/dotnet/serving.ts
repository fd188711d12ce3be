import type { Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { ASKED_PORTS } from '../asked-ports.ts';
import { hitsOf, withoutComments, type Code } from '../java/code.ts';
import type { DotnetProject } from './project-file.ts';
import { kindOf } from './solution.ts';

/** Where an app listens, read from its source: ASP.NET Core is told by its environment unless the code says otherwise. */
export interface Serving {
  readonly port: { readonly port: number; readonly from: Evidence } | undefined;
  /** True where the code itself decides: then the variables of ASP.NET Core have no say. */
  readonly decides: boolean;
  readonly health: { readonly path: string; readonly from: Evidence } | undefined;
}

export const isSource = (path: string): boolean => /(^|\/)(Program|Startup|[^/]*Host[^/]*)\.(cs|vb)$|\.fs$/i.test(path);

function codeOf(inventory: Inventory, { file, folder }: DotnetProject): Code[] {
  if (file.endsWith('.cs')) return [{ path: file, text: withoutComments(inventory.text(file) ?? '') }];
  const prefix = folder === '' ? '' : `${folder}/`;
  return inventory
    .files((path) => path.startsWith(prefix) && isSource(path) && !/(^|\/)(bin|obj)\//.test(path.slice(prefix.length)))
    .map((path) => ({ path, text: withoutComments(inventory.text(path) ?? '') }));
}

const READS_PORT = /GetEnvironmentVariable\(\s{0,9}"PORT"/;
const BESIDE_PORT = /"PORT"[^;{}]{0,120}?\b(\d{3,5})\b/g;
const LISTENS =
  /\b(?:UseUrls|Run|RunAsync|Urls\.Add)\(\s{0,9}\$?"https?:\/\/(?:\*|\+|0\.0\.0\.0|\[::\]|localhost|127\.0\.0\.1):(\d{2,5})|\b(?:ListenAnyIP|ListenLocalhost)\(\s{0,9}(\d{2,5})|^[ \t]{1,40}url\s{1,9}"https?:\/\/(?:\*|\+|0\.0\.0\.0|\[::\]|localhost|127\.0\.0\.1):(\d{2,5})/gm;
/** Addresses that are handed on by a name, and one that the same source writes down: the default. */
const HANDED_ON = /\bUseUrls\(\s{0,9}(?:\w+\.)*\w+\s{0,9}[,)]/;
const ADDRESS = /"https?:\/\/(?:\*|\+|0\.0\.0\.0|\[::\]):(\d{2,5})\/?"/g;

const told = (code: readonly Code[]): ReturnType<typeof hitsOf>[number] | undefined =>
  hitsOf(
    code.filter((c) => HANDED_ON.test(c.text)),
    ADDRESS,
    'the address that it is given',
  )[0];

const HEALTH = /\bMapHealthChecks\(\s{0,9}"(\/[\w./-]*)"/g;

function aspNetServing(code: readonly Code[]): Serving {
  const [check] = hitsOf(code, HEALTH, 'a route for health checks');
  const path = check?.groups[1];
  const health = check && path !== undefined ? { path, from: check.from } : undefined;
  const reads = code.find((c) => READS_PORT.test(c.text));
  if (reads) {
    const [beside] = hitsOf([reads], BESIDE_PORT, 'the default beside PORT');
    const from = beside?.from ?? { file: reads.path, why: 'it reads PORT' };
    return { port: { port: Number(beside?.groups[1] ?? 8080), from }, decides: true, health };
  }
  const [listens = told(code)] = hitsOf(code, LISTENS, 'the port that it listens on');
  const port = Number(listens?.groups.slice(1).find((group) => group !== undefined));
  return {
    port: listens && port >= 80 ? { port, from: listens.from } : undefined,
    decides: listens !== undefined,
    health,
  };
}

/** A server that a console program brings itself, or that a library of others' is told to be: by the port beside it. */
const OWN_SERVER =
  /\bnew\s+TcpListener\([^();]{0,60}?(\d{2,5})\s{0,9}\)|\bnew\s+\w{0,40}(?:Server|WebserverSettings)\([^();]{0,60}?,\s{0,9}(\d{4,5})\b|\.(?:Port|SetPort|UsePort)\(\s{0,9}(\d{4,5})\s{0,9}\)|"https?:\/\/(?:\*|\+|0\.0\.0\.0|\[::\]):(\d{2,5})\/?"|\bIPAddress\.Any[\s,]{1,9}(\d{4,5})/g;

function consoleServing(code: readonly Code[]): Serving | undefined {
  const hits = hitsOf(code, OWN_SERVER, 'the port that it listens on');
  const [found] = hits.flatMap(({ groups, from }) => {
    const port = Number(groups.slice(1).find((group) => group !== undefined));
    return port >= 80 && !ASKED_PORTS.has(port) ? [{ port, from }] : [];
  });
  return found && { port: found, decides: true, health: undefined };
}

/** How a program serves; undefined where it does not. */
export function servingOf(inventory: Inventory, project: DotnetProject): Serving | undefined {
  const kind = kindOf(project);
  if (kind === 'web') return aspNetServing(codeOf(inventory, project));
  return kind === 'console' ? consoleServing(codeOf(inventory, project)) : undefined;
}
