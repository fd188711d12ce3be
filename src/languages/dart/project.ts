import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Advice, Evidence } from '../../plan/plan.ts';
import { Problem } from '../../problems/problem.ts';
import { hitsOf, withoutComments, type Code } from '../java/code.ts';

/** https://dart.dev/tools/pub/pubspec */
const dependencies = z.record(z.string(), z.unknown()).nullish();
const pubspecSchema = z.looseObject({
  name: z.string().optional(),
  version: z.union([z.string(), z.number()]).optional(),
  environment: z.looseObject({ sdk: z.string().optional() }).nullish(),
  dependencies,
  dev_dependencies: dependencies,
  executables: z.record(z.string(), z.string().nullable()).nullish(),
});

export interface DartProject {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly sdk: { readonly value: string; readonly line: number } | undefined;
  readonly dependencies: ReadonlySet<string>;
  readonly generates: boolean;
  /** The file that starts, and others that could. */
  readonly entry: { readonly path: string; readonly from: Evidence } | undefined;
  readonly others: readonly string[];
  readonly code: readonly Code[];
}

const PUBSPEC = 'pubspec.yaml';
const MAIN = /^(?:Future(?:Or)?<void>|void)?\s{0,9}main\s{0,9}\(/m;
const USUAL = ['server', 'main', 'app'];

export const isDart = (path: string): boolean => /(^|\/)(bin|lib|routes)\/.+\.dart$|^[\w.-]+\.dart$/.test(path);

function readPubspec(inventory: Inventory): z.infer<typeof pubspecSchema> {
  let data: unknown;
  try {
    data = parseYaml(inventory.text(PUBSPEC) ?? '', { logLevel: 'error' });
  } catch {
    data = undefined;
  }
  const parsed = pubspecSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new Problem('broken-file', {
    detail: `${PUBSPEC}: ${parsed.error.issues[0]?.message ?? 'it is not valid'}.`,
    hint: 'Run `dart pub get` to see the place.',
  });
}

function entryOf(
  inventory: Inventory,
  name: string | undefined,
  executables: readonly string[],
): Pick<DartProject, 'entry' | 'others'> {
  const all = inventory.names('bin').filter((file) => /^[\w.-]+\.dart$/.test(file));
  const stems = all.map((file) => file.replace(/\.dart$/, ''));
  const stem =
    [...USUAL, ...executables, ...(name === undefined ? [] : [name])].find((s) => stems.includes(s)) ?? stems[0];
  if (stem === undefined) {
    const beside = ['', 'lib/']
      .flatMap((folder) => USUAL.map((s) => `${folder}${s}.dart`))
      .find((path) => MAIN.test(inventory.text(path) ?? ''));
    return {
      entry: beside === undefined ? undefined : { path: beside, from: { file: beside, why: 'it has a main function' } },
      others: [],
    };
  }
  const path = `bin/${stem}.dart`;
  return {
    entry: { path, from: { file: path, why: 'a program in bin/' } },
    others: stems.filter((s) => s !== stem).map((s) => `bin/${s}.dart`),
  };
}

/** Throws `broken-file` for a pubspec.yaml that cannot be read, `not-plannable` for an app of Flutter. */
export function readDart(inventory: Inventory): DartProject {
  const pubspec = readPubspec(inventory);
  const names = new Set(Object.keys(pubspec.dependencies ?? {}));
  if (names.has('flutter')) {
    throw new Problem('not-plannable', {
      detail:
        'This is an app of Flutter: it runs on devices and in browsers, and there is no official image of its SDK.',
      hint: 'Build it with `flutter build web`, and send build/web as a static site.',
    });
  }
  const text = inventory.text(PUBSPEC) ?? '';
  const sdk = pubspec.environment?.sdk;
  const executables = Object.entries(pubspec.executables ?? {}).map(([key, value]) => value ?? key);
  return {
    name: pubspec.name,
    version: pubspec.version === undefined ? undefined : String(pubspec.version),
    sdk:
      sdk === undefined
        ? undefined
        : { value: sdk.slice(0, 60), line: text.split('\n').findIndex((row) => /^\s{1,9}sdk:/.test(row)) + 1 },
    dependencies: names,
    generates: Object.hasOwn(pubspec.dev_dependencies ?? {}, 'build_runner'),
    ...entryOf(inventory, pubspec.name, executables),
    code: inventory
      .files((path) => isDart(path))
      .map((path) => ({ path, text: withoutComments(inventory.text(path) ?? '') })),
  };
}

export interface DartServing {
  readonly workload: 'service' | 'job';
  readonly from: Evidence;
  readonly port: { readonly port: number; readonly from: Evidence } | undefined;
  readonly advice: readonly Advice[];
}

const LISTENS =
  /\bHttpServer\.bind\(|\bshelf_io\.serve\(|\bio\.serve\(|\bserve(?:Handler)?\(|\bServerSocket\.bind\(|\bAlfred\(/g;
const SERVERS = ['dart_frog', 'alfred', 'serverpod', 'conduit', 'jaguar', 'angel3_framework'];
const PORTS: readonly RegExp[] = [
  /'PORT'[^;{}]{0,120}?\b(\d{3,5})\b/g,
  /"PORT"[^;{}]{0,120}?\b(\d{3,5})\b/g,
  /\b(?:serve|bind|listen)\([^;]{0,160}?,\s{0,9}(\d{2,5})\b/g,
  /\bport\s{0,9}[=:]\s{0,9}(\d{2,5})\b/gi,
];
const DEFAULT_PORT = 8080;

export function dartServing(project: DartProject): DartServing {
  const [listens] = hitsOf(project.code, LISTENS, 'it listens on a port');
  const framework = SERVERS.find((name) => project.dependencies.has(name));
  const from = listens?.from ?? {
    file: PUBSPEC,
    why: framework === undefined ? 'nothing in it listens' : `depends on ${framework}`,
  };
  if (!listens && framework === undefined) return { workload: 'job', from, port: undefined, advice: [] };
  for (const pattern of PORTS) {
    const hit = hitsOf(project.code, pattern, 'the port that it listens on').find(
      (h) => Number(h.groups[1]) >= 80 && Number(h.groups[1]) <= 65535,
    );
    if (hit) return { workload: 'service', from, port: { port: Number(hit.groups[1]), from: hit.from }, advice: [] };
  }
  return { workload: 'service', from, port: { port: DEFAULT_PORT, from }, advice: [] };
}
