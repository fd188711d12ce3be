import type { Shell } from './shell.ts';

/**
 * The build plan: stages and steps as data, each with its reason. Languages say what has to be done;
 * `finish.ts` adds what holds for every image (user, init, health, labels); `render/` writes it down.
 */

/** Where a decision comes from: a file of the project (and the line in it), or a rule of ours. */
export interface Evidence {
  readonly file?: string;
  readonly line?: number;
  readonly why: string;
}

/** Something the user should know; it never changes the answer. `code` is stable, for programs. */
export interface Advice {
  readonly code: string;
  readonly detail: string;
  readonly hint?: string;
  readonly file?: string;
  readonly line?: number;
}

export interface ImageRef {
  /** As on Docker Hub (`python`, `caddy`), or with its registry (`gcr.io/distroless/static-debian13`). */
  readonly image: string;
  readonly tag: string;
  readonly digest?: string;
}

export type Mount =
  | {
      readonly type: 'cache';
      readonly target: string;
      readonly sharing?: 'locked' | 'shared' | 'private';
      readonly id?: string;
    }
  | { readonly type: 'bind'; readonly source: string; readonly target: string; readonly from?: string }
  | { readonly type: 'secret'; readonly id: string; readonly env: string };

interface StepBase {
  /** The reason, one sentence; always in the JSON answer. */
  readonly why: string;
  /** Printed above the instruction, where the reason is not plain from reading it. */
  readonly comment?: string;
  readonly evidence?: readonly Evidence[];
}

export interface RunStep extends StepBase {
  readonly kind: 'run';
  /** Our own shell text, or an argv (exec form), which is how a command of the user's is given. */
  readonly command: Shell | readonly string[];
  readonly mounts?: readonly Mount[];
  /** What it is for: system packages, dependencies (gets the build secrets), or the build (gets args and secrets). */
  readonly phase?: 'packages' | 'install' | 'build';
}

export interface CopyStep extends StepBase {
  readonly kind: 'copy';
  /** A stage's name or an image; the build context when absent. */
  readonly from?: string | ImageRef;
  /** Paths, literal; context paths are relative to the plan's root, a directory ends in `/`. */
  readonly sources: readonly string[];
  /** Ends in `/` when it is a directory that the sources go into. */
  readonly to: string;
  readonly chown?: string;
  readonly chmod?: string;
  /** Keep each source's directories below `to`. https://docs.docker.com/reference/dockerfile/#copy---parents */
  readonly parents?: boolean;
  /** Sources are glob patterns instead of literal paths. */
  readonly glob?: boolean;
  readonly exclude?: readonly string[];
}

/** A file of ours inside the image, written into the Dockerfile as a here-document. */
export interface FileStep extends StepBase {
  readonly kind: 'file';
  readonly path: string;
  readonly text: string;
  readonly chmod?: string;
  readonly chown?: string;
}

export type Step =
  | RunStep
  | CopyStep
  | FileStep
  | (StepBase & { readonly kind: 'workdir'; readonly path: string })
  | (StepBase & { readonly kind: 'env'; readonly vars: Readonly<Record<string, string>> })
  | (StepBase & { readonly kind: 'arg'; readonly name: string; readonly value?: string })
  | (StepBase & { readonly kind: 'user'; readonly uid: number; readonly gid: number })
  | (StepBase & { readonly kind: 'expose'; readonly port: number })
  | (StepBase & { readonly kind: 'volume'; readonly paths: readonly string[] })
  | (StepBase & { readonly kind: 'healthcheck'; readonly argv: readonly string[] })
  | (StepBase & { readonly kind: 'stopsignal'; readonly signal: string })
  | (StepBase & { readonly kind: 'entrypoint'; readonly argv: readonly string[] })
  | (StepBase & { readonly kind: 'cmd'; readonly argv: readonly string[] })
  | (StepBase & { readonly kind: 'label'; readonly labels: Readonly<Record<string, string>> });

export interface Stage {
  readonly name: string;
  readonly base: ImageRef | 'scratch' | { readonly stage: string };
  /** Built on the builder's own platform: for cross-compilation. */
  readonly buildPlatform?: boolean;
  /** Whose package manager it has; Debian's when not given. */
  readonly os?: 'debian' | 'alpine';
  readonly why: string;
  readonly steps: readonly Step[];
}

/** What the runtime image brings along; decides how users are made, packages installed and health asked for. */
export type Os = 'debian' | 'alpine' | 'distroless' | 'scratch';

/** What is at hand in the runtime image to ask the program whether it lives; `sh` is that of Alpine, with its applets. */
export type ProbeTool = 'sh' | 'node' | 'bun' | 'deno' | 'python' | 'busybox' | 'bash' | 'program' | 'none';

export interface Runtime {
  readonly base: Stage['base'];
  readonly os: Os;
  readonly why: string;
  /** The working directory; absolute. */
  readonly workdir: string;
  /** In order: environment, files, dependencies, app. User, ports and commands are added by `finish`. */
  readonly steps: readonly Step[];
  readonly process: {
    readonly argv: readonly string[];
    /** The argv has the manifest's command worked in; else that command takes its place. */
    readonly settled?: boolean;
    readonly why: string;
    readonly evidence?: readonly Evidence[];
    /** True where the program, as PID 1, would not end on SIGTERM or not reap its children. */
    readonly init: boolean;
  };
  /** The base image's own ENTRYPOINT has to be cleared or replaced (node, distroless/nodejs, caddy …). */
  readonly clearEntrypoint?: boolean;
  /** A user without rights that the base image brings along; otherwise one is made. */
  readonly user?: number;
  readonly port?: number;
  readonly probe: ProbeTool;
  /** With probe 'program': the argv of a check that the plan itself brought into the image. */
  readonly probeArgv?: readonly string[];
}

export interface BuildPlan {
  /** In order; the runtime stage comes after them. */
  readonly stages: readonly Stage[];
  /** System packages by the names of the images' distribution, in place of those of the merged manifest. */
  readonly packages?: { readonly build: readonly string[]; readonly run: readonly string[] };
  readonly runtime: Runtime;
  readonly advice: readonly Advice[];
}

/** What is true of the image that a plan makes, for those who run it. */
export interface ImageFacts {
  readonly os: Os;
  readonly uid: number;
  readonly workdir: string;
  readonly port?: number;
  /** ENTRYPOINT and CMD. */
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly hasHealthcheck: boolean;
  /** Folders of the app's own that its user may write to, beside volumes: a read-only root would take that away. */
  readonly writable: readonly string[];
}

/** A plan with everything in it: what `render/` writes, line by line. The stage that is run is the last. */
export interface FinishedPlan {
  readonly syntax: ImageRef;
  readonly stages: readonly Stage[];
  readonly advice: readonly Advice[];
  readonly image: ImageFacts;
}
