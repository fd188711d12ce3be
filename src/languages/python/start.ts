import type { Settings } from '../../manifest/schema.ts';
import type { Advice, Evidence } from '../../plan/plan.ts';
import { withPort } from './servers.ts';

/** How the program starts, what it is once it runs, and what of the project says so. */
export interface Start {
  /** `$PORT` in a word stands for the port; see `withPort`. */
  readonly argv: readonly string[];
  readonly from: Evidence;
  readonly rejected: readonly { readonly value: string; readonly from: Evidence }[];
  readonly framework: { readonly id: string; readonly from: Evidence } | undefined;
  readonly workload: NonNullable<Settings['workload']>;
  readonly workloadFrom: Evidence;
  readonly port: { readonly port: number; readonly from: Evidence } | undefined;
  readonly health: { readonly path: string; readonly from: Evidence } | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** The working directory, from the inventory's root. */
  readonly folder: string;
  /** Folders for PYTHONPATH, from the inventory's root. */
  readonly importRoots: readonly string[];
  /** A requirement to install beside the project's own. */
  readonly added: string | undefined;
  /** The program handles SIGTERM, although its name does not say so. */
  readonly handlesSignals: boolean;
  readonly advice: readonly Advice[];
}

/** The port of a server that the image starts itself, where nothing in the project names one. */
export const DEFAULT_PORT = 8000;

/** A start of which no more is known than its command. */
export const NOTHING_MORE = {
  rejected: [],
  framework: undefined,
  port: undefined,
  health: undefined,
  env: {},
  importRoots: [],
  added: undefined,
  handlesSignals: false,
  advice: [],
} as const;

/** The command as an image with a shell runs it. */
export const startArgv = ({ argv }: Start): readonly string[] => withPort(argv);
