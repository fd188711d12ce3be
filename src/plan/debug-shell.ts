import type { Os } from './plan.ts';

/** How to look into a container, by what its image has. One place for the kit's README and the list of images. */
export interface DebugShell {
  readonly hasShell: boolean;
  readonly how: string;
  /** NAME is the container, IMAGE the image. */
  readonly commands: readonly string[];
}

const beside = [
  'docker run --rm -it --pid=container:NAME --network=container:NAME --cap-add SYS_PTRACE busybox sh',
  'kubectl debug -it POD --image=busybox --target=app -- sh',
];

const shells: Readonly<Record<Os, DebugShell>> = {
  debian: {
    hasShell: true,
    how: 'The image has a shell (dash as sh, and bash) and a package manager; as root, tools can be added to a container for a while.',
    commands: [
      'docker exec -it NAME bash',
      'docker exec -it --user 0 NAME bash',
      'docker run --rm -it --entrypoint bash IMAGE',
      'kubectl exec -it POD -- bash',
    ],
  },
  alpine: {
    hasShell: true,
    how: 'The image has the shell of busybox; there is no bash unless it is installed.',
    commands: [
      'docker exec -it NAME sh',
      'docker exec -it --user 0 NAME sh',
      'docker run --rm -it --entrypoint sh IMAGE',
      'kubectl exec -it POD -- sh',
    ],
  },
  distroless: {
    hasShell: false,
    how: 'The image has no shell. A container with tools is put beside it, in the same process and network space; the files of the program are at /proc/1/root there. The :debug tag of the same base image has a busybox at /busybox/sh.',
    commands: beside,
  },
  scratch: {
    hasShell: false,
    how: 'The image has the program and nothing else. A container with tools is put beside it, in the same process and network space; the files of the program are at /proc/1/root there.',
    commands: beside,
  },
};

export const debugShell = (os: Os): DebugShell => shells[os];
