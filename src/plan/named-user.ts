import type { FileStep } from './plan.ts';

/** In an empty image a user has to be named by hand, for programs that ask who they are. */
export const namedUser = (uid: number): FileStep[] => [
  {
    kind: 'file',
    path: '/etc/passwd',
    text: `root:x:0:0:root:/root:/sbin/nologin\napp:x:${uid}:${uid}:app:/nonexistent:/sbin/nologin\n`,
    why: 'the name of the user, for programs that ask for it',
  },
  { kind: 'file', path: '/etc/group', text: `root:x:0:\napp:x:${uid}:\n`, why: 'and of its group' },
];
