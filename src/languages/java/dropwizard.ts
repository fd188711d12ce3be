import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { Candidate } from './candidates.ts';
import type { Delivery } from './delivery.ts';
import { BUILD_STAGE, SOURCE_ROOT } from './layout.ts';

/** Dropwizard's programs serve when they are told to, by the file that is named. https://www.dropwizard.io/en/stable/getting-started.html#running-your-application */

const NOT_SETTINGS = /^(docker-compose|compose|openapi|swagger|mkdocs|\.|codecov|appveyor|renovate|jreleaser)|test/i;
const USUAL = ['config', 'server', 'application', 'app', 'prod', 'production', 'example'];

/** Settings lie beside a build file, which is seldom deep. */
export const isServerSettings = (path: string): boolean => /^([^/]+\/)?[^/]+\.ya?ml$/.test(path);

/** Its settings, beside the build file: the one with the server's, or with a name that is usual for it. */
function settingsOf(inventory: Inventory, { module }: Candidate): string | undefined {
  const names = inventory.names(module.folder).filter((n) => /\.ya?ml$/.test(n) && !NOT_SETTINGS.test(n));
  const stems = new Set([...USUAL, module.name].map((name) => name.toLowerCase()));
  return (
    names.find((name) => /^server:/m.test(inventory.text(joinPath(module.folder, name)) ?? '')) ??
    names.find((name) => stems.has(name.replace(/\.ya?ml$/, '').toLowerCase()))
  );
}

/** With what makes it serve, where the framework is Dropwizard. */
export function toldToServe(inventory: Inventory, candidate: Candidate, delivery: Delivery): Delivery {
  if (candidate.serving.framework?.framework.id !== 'dropwizard' || delivery.argv[0] !== 'java') return delivery;
  const name = settingsOf(inventory, candidate);
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
