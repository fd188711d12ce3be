import * as z from 'zod';
import type { Inventory } from '../../inventory/inventory.ts';
import { Problem } from '../../problems/problem.ts';

/** composer.json and composer.lock, as far as a build reads them. https://getcomposer.org/doc/04-schema.md */

/** PHP writes an empty list where an object is empty. */
const links = z
  .union([z.record(z.string(), z.unknown()), z.array(z.unknown()).transform(() => ({}))])
  .optional()
  .catch(undefined)
  .transform((value): Record<string, string> =>
    Object.fromEntries(
      Object.entries(value ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    ),
  );

const config = z.looseObject({
  platform: z.record(z.string(), z.unknown()).optional().catch(undefined),
  'vendor-dir': z.string().optional().catch(undefined),
});

const manifestSchema = z.looseObject({
  name: z.string().optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  require: links,
  scripts: z.record(z.string(), z.unknown()).optional().catch(undefined),
  config: config.optional().catch(undefined),
  repositories: z.unknown().optional(),
  extra: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

const lockedPackage = z.looseObject({
  name: z.string(),
  version: z.string().optional(),
  require: links,
  provide: links,
  replace: links,
});
const lockSchema = z.looseObject({
  packages: z.array(lockedPackage),
  platform: links,
});

export type LockedPackage = z.infer<typeof lockedPackage>;

export interface Composer {
  readonly name: string | undefined;
  readonly text: string;
  readonly require: Readonly<Record<string, string>>;
  readonly platformPhp: string | undefined;
  readonly vendorDir: string;
  readonly scripts: readonly string[];
  readonly extra: Readonly<Record<string, unknown>>;
  /** Folders that packages are taken from: repositories of type path. */
  readonly pathRepositories: readonly string[];
  /** Hosts of repositories that are not packagist.org. */
  readonly otherHosts: readonly string[];
  /** Undefined where there is none, or none that can be read. */
  readonly lock:
    { readonly packages: readonly LockedPackage[]; readonly platform: Readonly<Record<string, string>> } | undefined;
  readonly hasLock: boolean;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

const repositorySchema = z.looseObject({ type: z.string(), url: z.string() });

function repositoriesOf(value: unknown): z.infer<typeof repositorySchema>[] {
  const list = Array.isArray(value)
    ? (value as unknown[])
    : typeof value === 'object' && value
      ? Object.values(value)
      : [];
  return list.flatMap((entry) => repositorySchema.safeParse(entry).data ?? []);
}

const isInside = (path: string): boolean => !path.startsWith('/') && !path.split('/').includes('..');

const hostOf = (url: string): string | undefined => /^(?:https?:\/\/|git@|ssh:\/\/git@)([^/:]+)/.exec(url)?.[1];

function readLock(inventory: Inventory): Composer['lock'] {
  const kept = inventory.kept('composer.lock');
  if (!kept || kept.truncated) return undefined;
  const data = lockSchema.safeParse(parsed(kept.text)).data;
  return data && { packages: data.packages, platform: data.platform };
}

/** Reads the project's composer.json. Throws `broken-file` where it is no JSON object. */
export function readComposer(inventory: Inventory): Composer | undefined {
  const text = inventory.text('composer.json');
  if (text === undefined) return undefined;
  const read = manifestSchema.safeParse(parsed(text));
  if (!read.success) {
    throw new Problem('broken-file', {
      detail: 'composer.json is no JSON object.',
      hint: '`composer validate` says where; Composer refuses it as well.',
    });
  }
  const { data } = read;
  const repositories = repositoriesOf(data.repositories);
  const vendor = data.config?.['vendor-dir']?.replace(/\/+$/, '');
  const platform = data.config?.platform?.['php'];
  return {
    name: data.name,
    text,
    require: data.require,
    platformPhp: typeof platform === 'string' ? platform : undefined,
    vendorDir: vendor !== undefined && vendor !== '' && isInside(vendor) ? vendor.replace(/^\.\//, '') : 'vendor',
    scripts: Object.keys(data.scripts ?? {}),
    extra: data.extra ?? {},
    pathRepositories: repositories
      .filter(({ type, url }) => type === 'path' && isInside(url))
      .map(({ url }) =>
        url
          .replace(/^\.\//, '')
          .replace(/\/?\*.*$/, '')
          .replace(/\/+$/, ''),
      )
      .filter((path) => path !== '' && inventory.isDirectory(path)),
    otherHosts: repositories
      .flatMap(({ url }) => hostOf(url) ?? [])
      .filter(
        (host) =>
          !/(^|\.)(packagist\.org|github\.com|gitlab\.com|asset-packagist\.org|packages\.drupal\.org|wpackagist\.org)$/.test(
            host,
          ),
      ),
    lock: readLock(inventory),
    hasLock: inventory.isFile('composer.lock'),
  };
}

/** PHP itself, its extensions and libraries: nothing that Composer installs. */
const isPlatform = (name: string): boolean => /^(php(-\w+)?|hhvm|ext-.+|lib-.+|composer(-\w+-api)?)$/.test(name);

export const packagesRequired = ({ require }: Composer): string[] =>
  Object.keys(require).filter((name) => !isPlatform(name));

/** Whether a package is there: required by the project, or locked for something that it requires. */
export const hasPackage = (composer: Composer | undefined, name: string): boolean =>
  composer !== undefined &&
  (composer.require[name] !== undefined || (composer.lock?.packages.some((p) => p.name === name) ?? false));

/** Packages that composer.json asks for and the lockfile lacks: `composer install` ends on them. */
export function notLocked(composer: Composer): string[] {
  const { lock } = composer;
  if (!lock) return [];
  const names = new Set(lock.packages.flatMap((p) => [p.name, ...Object.keys(p.replace), ...Object.keys(p.provide)]));
  return packagesRequired(composer).filter((name) => !names.has(name) && !names.has(name.toLowerCase()));
}

/** The line of composer.json that holds a key, from 1. */
export function lineIn(text: string, key: string): { line?: number } {
  const at = text.split('\n').findIndex((line) => line.includes(`"${key}"`));
  return at < 0 ? {} : { line: at + 1 };
}
