import type { Inventory } from '../inventory/inventory.ts';
import type { Settings, Variant } from '../manifest/schema.ts';
import type { Advice, BuildPlan, Evidence } from '../plan/plan.ts';
import type { IgnoreRule } from '../ignore/rule.ts';

/**
 * The contract of a language: one folder, one object made by `defineLanguage`, all of it pure.
 * `detect` weighs, `infer` reads what the project says of itself, `plan` decides the build.
 */

/** One piece of evidence that a project is written in a language. Weights add up; see `weights`. */
export interface Sign {
  readonly path: string;
  readonly weight: number;
  readonly reason: string;
}

/** The scale that every language weighs by, so that sums compare. */
export const weights = {
  /** The manifest of the language's package manager (package.json, pyproject.toml, go.mod). */
  manifest: 100,
  /** A file that only a program of this language has, and that starts or serves it (manage.py). */
  program: 60,
  /** A lockfile, or a file by which a tool of the language is configured. */
  tool: 20,
  /** A source file at the root with a name that is run by convention (main.py, server.js). */
  entry: 40,
  /** Any other source file at the root. */
  source: 10,
} as const;

/** What detection can find, by the manifest's own pointers. */
export interface Detectable {
  '/name': string;
  '/version': string;
  '/runtime': string;
  '/packageManager': string;
  '/framework': string;
  '/workload': NonNullable<Settings['workload']>;
  '/command': readonly string[];
  '/processes': Readonly<Record<string, readonly string[]>>;
  '/port': number;
  '/health/path': string;
  '/build/command': readonly string[];
  '/build/packages': readonly string[];
  '/run/packages': readonly string[];
  '/run/env': Readonly<Record<string, string>>;
  '/run/volumes': NonNullable<NonNullable<Settings['run']>['volumes']>;
}

export interface Rejected {
  readonly value: string;
  readonly from: Evidence;
}

/** One value found in the project, where it was read, and what it beat. */
export type Finding = {
  [At in keyof Detectable]: {
    readonly at: At;
    readonly value: Detectable[At];
    readonly from: Evidence;
    readonly rejected?: readonly Rejected[];
  };
}[keyof Detectable];

/** What a language sees of the project: the tree that it builds from, and which part of it is the app. */
export interface Scope {
  /** The root of the app, or of the workspace that the app is a member of. */
  readonly inventory: Inventory;
  /** The app's folder below that root; '' when the app is the root. */
  readonly member: string;
  /** What the request, the project's manifest or its Procfile says is run; undefined where the language has to find it. */
  readonly command?: readonly string[] | undefined;
}

export interface Inferred {
  readonly findings: readonly Finding[];
  readonly advice?: readonly Advice[];
}

/** The manifest as a plan reads it: merged, with the language's own defaults filled in. */
export interface PlanRequest extends Scope {
  readonly settings: Settings;
  readonly name: string | undefined;
  /** The merged command as an argv; undefined when neither the user nor the project says. */
  readonly command: readonly string[] | undefined;
  readonly variant: Variant;
}

export interface Language {
  readonly id: string;
  readonly title: string;
  /** For people: the files it is known by, the version files in the order they are asked, and so on. */
  readonly facts: {
    readonly detectedBy: readonly string[];
    readonly versionOrder: readonly string[];
    readonly packageManagers: readonly string[];
    readonly frameworks: readonly string[];
    /** The first is the default. */
    readonly variants: readonly [Variant, ...Variant[]];
    /** Product id in the image catalogue, where the language has one. */
    readonly product?: string;
  };
  /** True for a path (relative to the project) whose text detection or planning needs. Seen for every entry: keep it fast. */
  readonly readsText: (path: string) => boolean;
  /** Signs in this very directory (the inventory's root), not below it. */
  detect(inventory: Inventory): readonly Sign[];
  /** Where `app` is a member of a workspace, the folder of that workspace's root ('' for the root of the tree). */
  workspaceOf?(tree: Inventory, app: string): string | undefined;
  /** The folders of a workspace's members that can be run as apps, when the root is a workspace. */
  apps?(inventory: Inventory): readonly string[];
  /** False for a folder that nothing runs in, such as one that only holds a workspace together: apps below it take its place. */
  isApp?(inventory: Inventory): boolean;
  infer(scope: Scope): Inferred;
  /** The program behind a command that only starts another (`npm start`); such commands stand in Procfiles. */
  resolveCommand?(scope: Scope, argv: readonly string[]): readonly string[] | undefined;
  plan(request: PlanRequest): BuildPlan;
  /** What a `.dockerignore` should leave out of such a project. */
  ignore(scope: Scope): readonly IgnoreRule[];
}

/** Fixes the type of a language's object; the list is `languages/index.ts`. */
export const defineLanguage = (language: Language): Language => language;
