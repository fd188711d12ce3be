import * as z from 'zod';
import {
  command,
  documentOf,
  lenient,
  line,
  lineOf,
  packageNames,
  processName,
  RELEASE,
  startedAs,
  type Platform,
} from './platform.ts';

const LINE = /^([A-Za-z0-9][A-Za-z0-9_-]*)\s*:\s*(\S.*)$/;

/** https://devcenter.heroku.com/articles/procfile */
export const procfile: Platform = {
  files: ['Procfile'],
  binding: true,
  read: (text, file) => ({
    processes: text.split('\n').flatMap((raw, i) => {
      const [, name, said] = LINE.exec(raw.trim()) ?? [];
      const from = { file, line: i + 1, why: `the ${name ?? ''} process of the Procfile` };
      return startedAs(name, line.safeParse(said).data, from);
    }),
  }),
};

/** A list of one is a line for a shell there, as a text is. */
const lineOrList = command.transform((said) =>
  typeof said !== 'string' && said.length === 1 ? (said[0] ?? '') : said,
);
const process = z.union([lineOrList, z.looseObject({ command: lineOrList }).transform((p) => p.command)]);
const herokuFile = z.looseObject({
  run: lenient(z.record(processName, lenient(process))),
  release: lenient(process),
});

/** https://devcenter.heroku.com/articles/build-docker-images-heroku-yml */
export const herokuYml: Platform = {
  files: ['heroku.yml'],
  read: (text, file) => {
    const { run, release } = herokuFile.safeParse(documentOf(text, file)).data ?? {};
    const from = (name: string, place: RegExp) => ({
      file,
      ...lineOf(text, place),
      why: `the ${name} process of ${file}`,
    });
    return {
      processes: [
        ...Object.entries(run ?? {}).flatMap(([name, said]) => startedAs(name, said, from(name, /^run:/m))),
        ...startedAs(RELEASE, release, from(RELEASE, /^release:/m)),
      ],
    };
  },
};

/** https://elements.heroku.com/buildpacks/heroku/heroku-buildpack-apt */
export const aptfile: Platform = {
  files: ['Aptfile'],
  read: (text, file) => {
    const names = packageNames(text.split('\n').map((name) => name.trim()));
    const from = { file, why: 'the packages of the Aptfile' };
    return {
      packages: [
        { at: '/build/packages', names, from },
        { at: '/run/packages', names, from },
      ],
    };
  },
};
