import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { Candidate } from './candidates.ts';
import type { Delivery } from './delivery.ts';
import { BUILD_STAGE, SOURCE_ROOT } from './layout.ts';
import type { Serving } from './serving.ts';

/** Dropwizard's programs serve when they are told to, by the file that is named. https://www.dropwizard.io/en/stable/getting-started.html#running-your-application */

const NOT_SETTINGS = /^(docker-compose|compose|openapi|swagger|mkdocs|\.|codecov|appveyor|renovate|jreleaser)|test/i;
const USUAL = ['config', 'server', 'application', 'app', 'prod', 'production', 'example'];

/** Settings lie beside a build file, which is seldom deep. */
export const isServerSettings = (path: string): boolean => /^([^/]+\/)?[^/]+\.ya?ml$/.test(path);

/** Its settings, beside the build file: the one with the server's, or with a name that is usual for it. */
function settingsOf(inventory: Inventory, folder: string, module?: string): string | undefined {
  const names = inventory.names(folder).filter((n) => /\.ya?ml$/.test(n) && !NOT_SETTINGS.test(n));
  const stems = new Set([...USUAL, module ?? ''].map((name) => name.toLowerCase()));
  return (
    names.find((name) => /^server:/m.test(inventory.text(joinPath(folder, name)) ?? '')) ??
    names.find((name) => stems.has(name.replace(/\.ya?ml$/, '').toLowerCase()))
  );
}

/** The first port in the part of the server; one for its administration comes behind it, or in a part of its own. */
export function dropwizardPort(inventory: Inventory, folder: string): Serving['port'] {
  const name = settingsOf(inventory, folder);
  const file = joinPath(folder, name ?? '');
  const server = /^server:[^\n]*\n((?:[ \t#-][^\n]*\n|\n)*)/m.exec(`${inventory.text(file) ?? ''}\n`)?.[1] ?? '';
  const own = server.replaceAll(/^([ \t]+)adminConnectors:[^\n]*\n(?:\1[ \t-][^\n]*\n|\n)*/gm, '');
  const port = Number(/^[ \t]+(?:-[ \t]+)?port:[ \t]*(?:\$\{[^}\n]*?:-)?(\d{2,5})\b/m.exec(own)?.[1]);
  return port >= 80 ? { port, from: { file, why: `its server's port is ${port}` } } : undefined;
}

/** With what makes it serve, where the framework is Dropwizard. */
export function toldToServe(inventory: Inventory, candidate: Candidate, delivery: Delivery): Delivery {
  if (candidate.serving.framework?.framework.id !== 'dropwizard' || delivery.argv[0] !== 'java') return delivery;
  const name = settingsOf(inventory, candidate.module.folder, candidate.module.name);
  if (name === undefined) return { ...delivery, argv: [...delivery.argv, 'server'] };
  const source = `${SOURCE_ROOT}/${joinPath(candidate.module.folder, name)}`;
  return {
    ...delivery,
    copies: [
      ...delivery.copies,
      { kind: 'copy', from: BUILD_STAGE, sources: [source], to: `./${name}`, why: 'the settings that it serves with' },
    ],
    argv: [...delivery.argv, 'server', name],
  };
}
