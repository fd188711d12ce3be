import { officialImage } from '../../images/known.ts';
import { defaultCycle } from '../../images/catalogue.ts';
import type { Variant } from '../../manifest/schema.ts';
import type { Advice, CopyStep, ImageRef, Os, Stage, Step } from '../../plan/plan.ts';
import { sh } from '../../plan/shell.ts';
import { pythonBeside } from '../python/beside.ts';
import { managedVersions } from '../version-files.ts';
import type { Called } from './called-programs.ts';
import type { JsProject } from './project.ts';

/** Other languages' runtimes that the program starts, in the image of its own. */

export interface Ground {
  readonly base: ImageRef;
  readonly os: Os;
  readonly why: string;
}

/** The runtime of the program itself: the image that has it, and its files there, for an image made of another. */
export interface OwnRuntime {
  readonly image: ImageRef;
  readonly files: readonly string[];
  /** npm is wanted at run time; it is not one of the files. */
  readonly npm?: boolean;
}

export interface OtherRuntimes {
  readonly ground: Ground;
  readonly stages: readonly Stage[];
  /** Before the app's files. */
  readonly steps: readonly Step[];
  readonly packages: readonly string[];
  /** Folders that come first in PATH. */
  readonly path: readonly string[];
  readonly advice: readonly Advice[];
}

/** What a runtime is linked with that Python's images have not. */
const LIBRARIES: Readonly<Partial<Record<Os, readonly string[]>>> = { debian: ['libatomic1'], alpine: ['libstdc++'] };

const ownCopies = ({ image, files, npm }: OwnRuntime): Step[] => [
  ...files.map((file): CopyStep => ({
    kind: 'copy',
    from: image,
    sources: [file],
    to: file,
    why: 'what runs the program',
  })),
  ...(npm
    ? ([
        {
          kind: 'copy',
          from: image,
          sources: ['/usr/local/lib/node_modules/npm/'],
          to: '/usr/local/lib/node_modules/npm/',
          why: 'the package manager that is called',
        },
        {
          kind: 'run',
          command: sh`ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx`,
          why: 'found by its name',
        },
      ] satisfies Step[])
    : []),
];

/** Go's tools are one folder. https://go.dev/doc/manage-install */
function goCopies({ inventory, app }: JsProject, called: Called | undefined): { steps: Step[]; path: string[] } {
  if (!called) return { steps: [], path: [] };
  const said = [app.folder, ''].flatMap((folder) => managedVersions(inventory.at(folder), 'go', 'golang'))[0]?.text;
  const version = /^\d+\.\d+(\.\d+)?$/.test(said ?? '') ? (said ?? '') : (defaultCycle('go')?.cycle ?? '1');
  return {
    steps: [
      {
        kind: 'copy',
        from: officialImage('golang', version, ''),
        sources: ['/usr/local/go/'],
        to: '/usr/local/go/',
        why: 'Go, which the program starts',
        evidence: [called.from],
      },
    ],
    path: ['/usr/local/go/bin'],
  };
}

/** The ground of a program as it is, or where it starts Python, Python's with the program's own runtime in it. */
export function otherRuntimes(
  project: JsProject,
  called: readonly Called[],
  ground: Ground,
  variant: Variant,
  own: OwnRuntime,
): OtherRuntimes {
  const none: OtherRuntimes = { ground, stages: [], steps: [], packages: [], path: [], advice: [] };
  if (variant === 'distroless' || variant === 'scratch') return none;
  const startsGo = ground.os === 'debian' ? called.find(({ program }) => program === 'go') : undefined;
  const first = { ...none, ...goCopies(project, startsGo) };
  const started = called.find(({ program }) => /^python3?$/.test(program));
  if (!started) return first;
  const python = pythonBeside(project.inventory, project.app.folder, variant, started.from);
  return {
    ground: { base: python.base, os: ground.os, why: python.why },
    stages: python.stages,
    steps: [...ownCopies(own), ...first.steps, ...python.copies],
    packages: [...python.packages, ...(LIBRARIES[ground.os] ?? [])],
    path: [...python.path, ...first.path],
    advice: python.advice,
  };
}
