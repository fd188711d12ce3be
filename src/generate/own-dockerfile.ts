import { DockerfileParser, Copy, type Instruction, type JSONInstruction } from 'dockerfile-ast';
import type { NeededPath } from '../ignore/needed.ts';
import { joinPath, type Inventory } from '../inventory/inventory.ts';

/** A Dockerfile that the project brings along. */
export interface OwnDockerfile {
  readonly path: string;
  readonly text: string;
  readonly images: readonly string[];
  readonly sources: readonly NeededPath[];
}

const isCopy = (instruction: Instruction): instruction is JSONInstruction =>
  instruction.getKeyword() === 'COPY' || instruction.getKeyword() === 'ADD';

/** A source that can be told from the text alone: no variable, no URL, no here-document. */
const isPath = (source: string): boolean => !/^<<|\$|^[a-z+]+:\/\/|^git@/.test(source);

function argumentsOf(instruction: JSONInstruction): string[] {
  const json = instruction.getJSONStrings().map((s) => s.getJSONValue());
  return json.length > 0 ? json : instruction.getArguments().map((a) => a.getValue());
}

function sourcesOf(instruction: Instruction): NeededPath[] {
  if (!isCopy(instruction)) return [];
  if (instruction instanceof Copy && instruction.getFromFlag() !== null) return [];
  const words = argumentsOf(instruction).filter((word) => !word.startsWith('--'));
  return words
    .slice(0, -1)
    .filter(isPath)
    .map((path) => ({ path, glob: /[*?[]/.test(path) }));
}

/** The Dockerfile of the project or of the app, with what it names. */
export function ownDockerfile(tree: Inventory, app: string | undefined): OwnDockerfile | undefined {
  const places = [
    ...(app === undefined || app === '' ? [] : [joinPath(app, 'Dockerfile')]),
    'Dockerfile',
    'Containerfile',
  ];
  const path = places.find((place) => tree.text(place) !== undefined);
  const text = path === undefined ? undefined : tree.text(path);
  if (path === undefined || text === undefined) return undefined;
  const parsed = DockerfileParser.parse(text);
  const images = parsed
    .getFROMs()
    .map((from) => from.getImage() ?? '')
    .filter((image) => image !== '' && image !== 'scratch');
  return { path, text, images: [...new Set(images)], sources: parsed.getInstructions().flatMap(sourcesOf) };
}
