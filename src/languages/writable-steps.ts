import type { Advice, Evidence, Os, Step } from '../plan/plan.ts';
import { all, sh } from '../plan/shell.ts';

/** Where a program writes beside its own files, as absolute paths in the image. */
interface Writable {
  readonly folders: readonly string[];
  /** Files that came with the project and are of use only when they can be written: they get this owner. */
  readonly owned?: { readonly files: readonly string[]; readonly uid: number };
  readonly from: Evidence;
  /** Those of the folders that the context may leave out, since nothing is in them yet. */
  readonly made?: readonly string[];
}

/** Makes the folders sticky like /tmp; an image without a shell cannot, and the user is told. */
export function writableSteps(
  { folders, made = [], owned, from }: Writable,
  os: Os,
): { steps: Step[]; advice: Advice[] } {
  const { file, line } = from;
  const where = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
  if (os === 'distroless')
    return {
      steps: [],
      advice: [
        {
          code: 'not-writable',
          detail: 'The program writes files beside its own, and this image has no folder for them.',
          hint: 'Name the folders as run.volumes, or ask for variant=slim.',
          ...where,
        },
      ],
    };
  const { files, uid } = owned ?? { files: [], uid: 0 };
  return {
    steps: [
      {
        kind: 'run',
        command: all(
          ...(made.length > 0 ? [sh`mkdir -p ${made}`] : []),
          sh`chmod 1777 ${folders}`,
          ...(files.length > 0 ? [sh`chown ${uid}:${uid} ${files}`] : []),
        ),
        why: 'the program writes files here',
        comment: 'Sticky like /tmp: new files can be made here, those of the image cannot be replaced.',
        evidence: [from],
      },
    ],
    advice: [
      {
        code: 'writes-files',
        detail: 'The program writes files into its own folder; they are gone with the container.',
        hint: 'Keep what has to last in a volume (run.volumes) or a database.',
        ...where,
      },
    ],
  };
}
