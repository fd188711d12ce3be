import type { Manifest } from '../manifest/schema.ts';
import type { Os, Step } from './plan.ts';
import { sh } from './shell.ts';

type Volume = NonNullable<NonNullable<Manifest['run']>['volumes']>[number];

/**
 * Makes a folder that belongs to the image's user, also where it was copied in with the project before: COPY leaves the
 * owner of a folder that is there as it is. Without a shell, an empty file makes the folder.
 */
function folderSteps(paths: readonly string[], os: Os, uid: number): Step[] {
  const why = 'folders that the app may write to';
  if (os === 'debian' || os === 'alpine')
    return [{ kind: 'run', command: sh`install -d -m 755 -o ${uid} -g ${uid} ${paths}`, why }];
  return paths.map((path): Step => ({ kind: 'file', path: `${path}/.keep`, text: '', chown: `${uid}:${uid}`, why }));
}

/**
 * Folders that outlive the container. A writable one belongs to the image's user from the start, because a new
 * named volume takes over the owner of the folder it covers.
 * https://docs.docker.com/engine/storage/volumes/#populate-a-volume-using-a-container
 */
export function volumeSteps(volumes: readonly Volume[], workdir: string, os: Os, uid: number): Step[] {
  const writable = volumes.filter((v) => v.access === 'write').map((v) => `${workdir}/${v.path}`);
  if (writable.length === 0) return [];
  return [
    ...folderSteps(writable, os, uid),
    { kind: 'volume', paths: writable, why: 'what is written there outlives the container' },
  ];
}
