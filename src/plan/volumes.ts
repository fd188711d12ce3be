import type { Manifest } from '../manifest/schema.ts';
import type { Step } from './plan.ts';

type Volume = NonNullable<NonNullable<Manifest['run']>['volumes']>[number];

/**
 * Folders that outlive the container. A writable one belongs to the image's user from the start, because a new
 * named volume takes over the owner of the folder it covers. An empty file makes the folder without a shell.
 * https://docs.docker.com/engine/storage/volumes/#populate-a-volume-using-a-container
 */
export function volumeSteps(volumes: readonly Volume[], workdir: string, uid: number): Step[] {
  const writable = volumes.filter((v) => v.access === 'write').map((v) => `${workdir}/${v.path}`);
  if (writable.length === 0) return [];
  return [
    ...writable.map((path): Step => ({
      kind: 'file',
      path: `${path}/.keep`,
      text: '',
      chown: `${uid}:${uid}`,
      why: 'a folder that the app may write to',
    })),
    { kind: 'volume', paths: writable, why: 'what is written there outlives the container' },
  ];
}
