import * as z from 'zod';
import { command, documentOf, lenient, lineOf, port, startedAs, type Platform } from './platform.ts';

const runnerFile = z.looseObject({
  run: z.looseObject({
    command: lenient(command),
    network: lenient(z.looseObject({ port: lenient(z.coerce.number().pipe(port)) })),
  }),
});

/** https://docs.aws.amazon.com/apprunner/latest/dg/config-file-ref.html */
export const appRunner: Platform = {
  files: ['apprunner.yaml'],
  read: (text, file) => {
    const { run } = runnerFile.safeParse(documentOf(text, file)).data ?? {};
    const listens = run?.network?.port;
    return {
      processes: startedAs('web', run?.command, { file, ...lineOf(text, /^[ \t]*command:/m), why: 'run.command' }),
      ...(listens === undefined
        ? {}
        : { port: { value: listens, from: { file, ...lineOf(text, /^[ \t]*port:/m), why: 'run.network.port' } } }),
    };
  },
};
