import { DOCKERFILE_NAMES } from '../dockerfile/own-file.ts';
import type { NeededPath } from '../ignore/needed.ts';
import { joinPath, type Inventory } from '../inventory/inventory.ts';
import { dockerfileSteps } from './dockerfile-steps.ts';

/** A Dockerfile that the project brings along. */
export interface OwnDockerfile {
  readonly path: string;
  readonly text: string;
  readonly images: readonly string[];
  readonly sources: readonly NeededPath[];
}

/** The Dockerfile of the project or of the app, with what it names. */
export function ownDockerfile(tree: Inventory, app: string | undefined): OwnDockerfile | undefined {
  const folders = app === undefined || app === '' ? [''] : [app, ''];
  const places = folders.flatMap((folder) => DOCKERFILE_NAMES.map((name) => joinPath(folder, name)));
  const path = places.find((place) => tree.text(place) !== undefined);
  const text = path === undefined ? undefined : tree.text(path);
  if (path === undefined || text === undefined) return undefined;
  const { steps, images } = dockerfileSteps(text);
  return { path, text, images, sources: steps.flatMap((step) => step.reads) };
}
