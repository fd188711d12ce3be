import * as z from 'zod';
import {
  command,
  documentOf,
  lenient,
  lineOf,
  port,
  processName,
  RELEASE,
  startedAs,
  type Platform,
} from './platform.ts';

const flyFile = z.looseObject({
  processes: lenient(z.record(processName, command)),
  deploy: lenient(z.looseObject({ release_command: lenient(command) })),
  http_service: lenient(z.looseObject({ internal_port: lenient(port) })),
});

/** https://fly.io/docs/reference/configuration/: `app` is the group that a project has which names none. */
export const fly: Platform = {
  files: ['fly.toml'],
  read: (text, file) => {
    const { processes, deploy, http_service } = flyFile.safeParse(documentOf(text, file)).data ?? {};
    const groups = Object.entries(processes ?? {});
    const [web] = groups.find(([name]) => name === 'web') ?? groups.find(([name]) => name === 'app') ?? [];
    const listens = http_service?.internal_port;
    return {
      processes: [
        ...groups.flatMap(([name, said]) =>
          startedAs(name === web ? 'web' : name, said, {
            file,
            ...lineOf(text, /^\[processes\]/m),
            why: `the ${name} process of ${file}`,
          }),
        ),
        ...startedAs(RELEASE, deploy?.release_command, {
          file,
          ...lineOf(text, /release_command/),
          why: 'release_command',
        }),
      ],
      ...(listens === undefined
        ? {}
        : { port: { value: listens, from: { file, ...lineOf(text, /internal_port/), why: 'internal_port' } } }),
    };
  },
};
