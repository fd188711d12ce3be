import JSON5 from 'json5';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import type { Inventory } from '../inventory/inventory.ts';
import type { Evidence } from '../plan/plan.ts';

/** What a project tells a hosting platform of itself, in that platform's own file. */

export interface Process {
  readonly name: string;
  /** A line as a shell reads it, or an argv. */
  readonly line: string | readonly string[];
  readonly from: Evidence;
}

export interface Packages {
  readonly at: '/build/packages' | '/run/packages';
  /** Names of Debian packages. */
  readonly names: readonly string[];
  readonly from: Evidence;
}

export interface Declaration {
  /** The one that serves requests is named `web`, the only one of a platform that does not tell which is named `start`. */
  readonly processes?: readonly Process[];
  readonly packages?: readonly Packages[];
  readonly port?: { readonly value: number; readonly from: Evidence };
  readonly health?: { readonly path: string; readonly from: Evidence };
}

export interface Platform {
  /** Paths relative to the app or to the root of the project; the first that is there is read. */
  readonly files: readonly string[];
  /** `app` is the app's folder below that of the file; '' for the same. Undefined where the file is another kind's. */
  readonly read: (text: string, file: string, app: string) => Declaration | undefined;
  /** True where its commands are for any language and any host, as a Procfile's, and not for what that platform builds. */
  readonly binding?: true;
  /** True where its command is only for a project that says nothing else of how it starts. */
  readonly standIn?: true;
  /** Whether a process of it can be started in an image that is built another way; by its program where this is absent. */
  readonly runs?: (tree: Inventory, app: string, process: Process) => boolean;
  /** True where one file at the root speaks of apps in several folders. */
  readonly namesFolders?: true;
}

/** The name of the process that a platform starts when a release is made. */
export const RELEASE = 'release';
/** The name of a process of which nothing but its command is known. */
export const START = 'start';

/** One line for a shell: what has control characters in it is no command. */
export const line = z.string().regex(/^[^\p{Cc}\u2028\u2029]*\S[^\p{Cc}\u2028\u2029]*$/u);
const argv = z.array(z.string().regex(/^[^\p{Cc}\u2028\u2029]+$/u)).min(1);
export const command = z.union([line, argv]);
export const processName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/);
export const httpPath = z.string().regex(/^\/[\w./~-]*$/);
export const port = z.int().min(1).max(65535);

/** Whatever is wrong with a value, it says nothing, and the others still do. */
export const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** The data of a TOML, YAML or JSON file, told by its name; undefined where it cannot be read. */
export function documentOf(text: string, file: string): unknown {
  try {
    if (file.endsWith('.toml')) return parseToml(text);
    if (/\.ya?ml$/.test(file)) return parseYaml(text, { maxAliasCount: 0, logLevel: 'error' }) as unknown;
    return JSON5.parse(text);
  } catch {
    return undefined;
  }
}

/** A folder as platforms write it (`./web/`, `.`), relative to the root; '' for the root. */
export const folderOf = (path: string | undefined): string =>
  (path ?? '')
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');

/** The one process of a platform that has one command for each service; none where nothing is said. */
export const startedAs = (
  name: string | undefined,
  said: string | readonly string[] | undefined,
  from: Evidence,
): Process[] => (name === undefined || said === undefined ? [] : [{ name, line: said, from }]);

/** Packages that old lists name and Debian has not (or only under the names of two that exclude each other). */
const NOT_IN_DEBIAN = new Set(['libasound2', 'libappindicator1', 'libappindicator3-1', 'libgconf-2-4', 'libgconf2-4']);

/** Those of a list that are names of packages: no options, addresses or references to another list. */
export const packageNames = (names: readonly unknown[]): string[] =>
  names.filter(
    (name): name is string =>
      typeof name === 'string' &&
      /^[a-z0-9][a-z0-9+.-]+$/.test(name) &&
      !name.endsWith('.deb') &&
      !NOT_IN_DEBIAN.has(name),
  );

/** The line of a text on which a pattern is first met. */
export function lineOf(text: string, pattern: RegExp): { line?: number } {
  const at = text.search(pattern);
  return at < 0 ? {} : { line: text.slice(0, at).split('\n').length };
}
