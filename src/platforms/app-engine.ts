import * as z from 'zod';
import { command, documentOf, lenient, lineOf, startedAs, type Platform } from './platform.ts';

const shell = z.looseObject({ shell: command }).transform((said) => said.shell);
/** Other things are called app.yaml too: this one names its runtime. */
const app = z.looseObject({ runtime: z.string(), entrypoint: lenient(z.union([command, shell])) });

/** https://cloud.google.com/appengine/docs/standard/reference/app-yaml */
export const appEngine: Platform = {
  files: ['app.yaml'],
  read: (text, file) => {
    const { entrypoint } = app.safeParse(documentOf(text, file)).data ?? {};
    return { processes: startedAs('web', entrypoint, { file, ...lineOf(text, /^entrypoint:/m), why: 'entrypoint' }) };
  },
};
