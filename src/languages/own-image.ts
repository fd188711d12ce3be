import { DockerfileParser } from 'dockerfile-ast';
import { DOCKERFILE_NAMES, isGenerated } from '../dockerfile/own-file.ts';
import { expandWord } from '../dockerfile/words.ts';
import { baseName, joinPath, type Inventory } from '../inventory/inventory.ts';
import type { VersionSource } from './runtime-version.ts';
import { shownText } from './version-files.ts';

/** The Dockerfile that a project has: on which release of its language it is built, and so is known to work. */

/** Reads the release line out of an image's name and tag; undefined where it says none. */
export type ReadImage = (name: string, tag: string) => string | undefined;

/** The release line that the official image of a language has in its tag, so many parts of it. */
export const officialLine =
  (image: string, parts: 1 | 2): ReadImage =>
  (name, tag) =>
    name === image ? (parts === 1 ? /^\d+(?=$|[.-])/ : /^\d+\.\d+(?=$|[.-])/).exec(tag)?.[0] : undefined;

/** What the stages of a folder's own Dockerfile are built on, the last one first. */
export function ownImages(inventory: Inventory, folder: string, read: ReadImage): VersionSource[] {
  return DOCKERFILE_NAMES.flatMap((name): VersionSource[] => {
    const file = joinPath(folder, name);
    const text = inventory.text(file);
    if (text === undefined || isGenerated(text)) return [];
    const dockerfile = DockerfileParser.parse(text);
    // FROM can name the global ARGs only. https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact
    const args = new Map(
      dockerfile.getInitialARGs().flatMap((arg) => {
        const property = arg.getProperty();
        return property ? [[property.getName(), property.getValue() ?? ''] as const] : [];
      }),
    );
    return dockerfile
      .getFROMs()
      .toReversed()
      .flatMap((from): VersionSource[] => {
        const image = expandWord(from.getImage() ?? '', (name) => args.get(name)) ?? '';
        const [, path = '', tag = ''] = /^([^\s:@]+(?::\d+\/[^\s:@]+)?):([\w.-]+)/.exec(image) ?? [];
        const line = read(baseName(path), tag);
        if (line === undefined) return [];
        const at = from.getRange().start.line + 1;
        return [
          { text: line, from: { file, line: at, why: `the project’s own Dockerfile is built on ${shownText(image)}` } },
        ];
      });
  });
}
