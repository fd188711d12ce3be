import { joinPath, type Inventory } from '../inventory/inventory.ts';
import type { Os, Step } from '../plan/plan.ts';
import { sh } from '../plan/shell.ts';
import type { RunFiles } from './run-files.ts';

/** How the files beside a compiled program get into its image. */

/** Where a program is started. */
export const APP_ROOT = '/app';
/** The stage that compiles. */
export const BUILD_STAGE = 'build';
/** What goes to the runtime image with the place and mode that it has, below this folder of the build stage. */
const ROOTFS = '/rootfs';

/** Folders that everyone may write to: those that the program makes files in, and a place for temporary ones. */
export function writableFolders(files: RunFiles, os: Os, workdir: string = APP_ROOT): string[] {
  const own = files.written.map((folder) => joinPath(workdir, folder));
  return os === 'scratch' ? ['/tmp', ...own] : own;
}

/** In the build stage, where there is a shell: folders with a mode of their own. */
export const rootfsSteps = (writable: readonly string[]): Step[] =>
  writable.length === 0
    ? []
    : [
        {
          kind: 'run',
          command: sh`mkdir -p ${writable.map((p) => ROOTFS + p)} && chmod 1777 ${writable.map((p) => ROOTFS + p)}`,
          why: 'folders in which the program may make files; what is not its own it cannot change, as in /tmp',
        },
      ];

/** In the runtime stage: what the program reads, and then the folders that it writes to, as a mode set before would be lost. */
export function fileSteps(
  inventory: Inventory,
  files: RunFiles,
  writable: readonly string[],
  code: { readonly test: RegExp; readonly glob: string },
  workdir: string = APP_ROOT,
): Step[] {
  const single = files.read.filter((f) => !f.folder && f.to === f.source && !f.to.includes('/'));
  const others = files.read.filter((f) => !single.includes(f));
  const why = 'read at run time';
  return [
    ...others.map(({ source, to, folder }): Step => {
      const mixed =
        folder && inventory.files((path) => path.startsWith(`${source}/`) && code.test.test(path)).length > 0;
      return {
        kind: 'copy',
        sources: [folder ? `${source}/` : source],
        to: folder ? `./${to}/` : `./${to}`,
        ...(mixed ? { exclude: [code.glob] } : {}),
        why,
      };
    }),
    ...(single.length > 0
      ? [{ kind: 'copy', sources: single.map((f) => f.source), to: './', why } satisfies Step]
      : []),
    ...files.empty.map((file): Step => ({
      kind: 'file',
      path: `${workdir}/${file}`,
      text: '# Values come from the environment of the container.\n',
      why: 'the program ends without this file; secrets are never put into an image, so it holds none',
    })),
    ...(writable.length > 0
      ? [
          {
            kind: 'copy',
            from: BUILD_STAGE,
            sources: [`${ROOTFS}/`],
            to: '/',
            why: 'the program makes files here; those that came with the image it cannot change',
            comment: 'Writable, and sticky like /tmp: new files can be made, those of the image cannot be replaced.',
          } satisfies Step,
        ]
      : []),
  ];
}
