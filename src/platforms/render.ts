import * as z from 'zod';
import { command, documentOf, folderOf, httpPath, lenient, processName, startedAs, type Platform } from './platform.ts';

const service = z.looseObject({
  type: z.string(),
  name: lenient(processName),
  rootDir: lenient(z.string()),
  startCommand: lenient(command),
  healthCheckPath: lenient(httpPath),
});
const blueprint = z.looseObject({ services: z.array(lenient(service)) });

/** https://render.com/docs/blueprint-spec */
export const render: Platform = {
  files: ['render.yaml'],
  namesFolders: true,
  read: (text, file, app) => {
    const services = (blueprint.safeParse(documentOf(text, file)).data?.services ?? []).flatMap((s) =>
      s && folderOf(s.rootDir) === app ? [s] : [],
    );
    const web = services.find((s) => s.type === 'web' && s.startCommand !== undefined);
    const others = services.filter((s) => /^(pserv|worker|cron)$/.test(s.type) && s.name !== 'web');
    const why = (s: z.infer<typeof service>) => ({
      file,
      why: `startCommand of the ${s.type} service ${s.name ?? ''}`,
    });
    return {
      processes: [
        ...(web ? startedAs('web', web.startCommand, why(web)) : []),
        ...others.flatMap((s) => startedAs(s.name, s.startCommand, why(s))),
      ],
      ...(web?.healthCheckPath === undefined
        ? {}
        : { health: { path: web.healthCheckPath, from: { file, why: 'healthCheckPath' } } }),
    };
  },
};
