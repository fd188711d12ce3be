import type { Evidence } from '../../plan/plan.ts';
import type { ConfigFile } from './config-files.ts';
import type { Package } from './package-json.ts';
import type { JsProject } from './project.ts';

/** What a build leaves behind, and how it is served. Paths are relative to the app's folder. */

/** Files, which a web server gives out. */
export interface SiteOutcome {
  readonly kind: 'site';
  readonly folder: string;
  /** Unknown paths are the browser's to route. */
  readonly fallback: boolean;
  readonly from: Evidence;
}

/** A file or folder of the build stage that the runtime needs. */
export interface OutputCopy {
  readonly source: string;
  readonly to: string;
}

/** A program. */
export interface ServerOutcome {
  readonly kind: 'server';
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly from: Evidence;
  readonly port?: number;
  /** The package that the program is of, where it is not Node.js itself: it has to be there in production. */
  readonly tool?: string;
  /** All that it needs, dependencies included; the whole app and its dependencies when not given. */
  readonly output?: readonly OutputCopy[] | undefined;
  /** It takes the place of a start script of the framework's own, which is for another folder. */
  readonly replaces?: true;
  /** Folders that it writes caches to. */
  readonly writes?: readonly string[];
  /** Packages that only the build needs, and which the app does not name. */
  readonly adds?: readonly string[];
  /** For the build alone: what its configuration says is for another place. */
  readonly buildEnv?: Readonly<Record<string, string>>;
  /** A configuration for this build alone, which takes over the project's own: that is called `own` by then. */
  readonly configures?: {
    readonly file: string;
    readonly own: string;
    readonly text: string;
    /** What it has another of, and which: for the advice. */
    readonly instead: string;
    readonly by: string;
  };
  /** A package that neither the app nor the framework installs, and which runs the server. */
  readonly runner?: { readonly name: string; readonly version: string };
}

export type Outcome = SiteOutcome | ServerOutcome;

/** It is a program of the project's own, if only through a loader: `node --import tsx server.ts`. */
export const runsOwnSource = ({ argv, output, tool }: ServerOutcome): boolean =>
  output === undefined && (tool === undefined || (argv[0] === 'node' && argv[1]?.startsWith('-') === true));

/** What a framework is asked with. */
export interface FrameworkContext {
  readonly project: JsProject;
  readonly app: Package;
  readonly dependencies: Readonly<Record<string, string>>;
  /** The script that builds, as it stands; '' for none. */
  readonly buildScript: string;
  config(...names: readonly string[]): ConfigFile | undefined;
}

export interface Framework {
  readonly id: string;
  /** Any of these, by its exact name, makes it. */
  readonly packages: readonly string[];
  /** The command that builds where package.json has no build script. */
  readonly build?: readonly string[];
  readonly buildEnv?: Readonly<Record<string, string>>;
  /** Start scripts that are the framework's own: the outcome takes their place. */
  readonly own?: RegExp;
  /** Undefined where this package alone does not tell. */
  outcome(context: FrameworkContext): Outcome | undefined;
}
