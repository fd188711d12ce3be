import * as z from 'zod';
import {
  command,
  documentOf,
  folderOf,
  httpPath,
  lenient,
  port,
  processName,
  startedAs,
  type Platform,
} from './platform.ts';

const component = z.looseObject({
  name: lenient(processName),
  run_command: lenient(command),
  source_dir: lenient(z.string()),
  http_port: lenient(port),
  health_check: lenient(z.looseObject({ http_path: lenient(httpPath) })),
});
const components = lenient(z.array(lenient(component)));
const spec = z.looseObject({ services: components, workers: components });
const specFile = z.union([z.looseObject({ spec }).transform((f) => f.spec), spec]);

/** https://docs.digitalocean.com/products/app-platform/reference/app-spec/ */
export const digitalocean: Platform = {
  files: ['.do/app.yaml', '.do/deploy.template.yaml'],
  namesFolders: true,
  read: (text, file, app) => {
    const { services, workers } = specFile.safeParse(documentOf(text, file)).data ?? {};
    const here = (list: typeof services) =>
      (list ?? []).flatMap((c) => (c && folderOf(c.source_dir) === app ? [c] : []));
    const [web] = here(services);
    const path = web?.health_check?.http_path;
    return {
      processes: [
        ...startedAs('web', web?.run_command, { file, why: `run_command of ${web?.name ?? 'the service'}` }),
        ...here(workers).flatMap((w) =>
          startedAs(w.name, w.run_command, { file, why: `run_command of ${w.name ?? 'the worker'}` }),
        ),
      ],
      ...(web?.http_port === undefined ? {} : { port: { value: web.http_port, from: { file, why: 'http_port' } } }),
      ...(path === undefined ? {} : { health: { path, from: { file, why: 'health_check' } } }),
    };
  },
};
