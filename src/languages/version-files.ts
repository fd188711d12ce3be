import { parse as parseToml } from 'smol-toml';
import * as z from 'zod';
import type { Inventory } from '../inventory/inventory.ts';
import type { VersionSource } from './runtime-version.ts';

/** The files in which version managers keep a runtime's version, whatever the language. */

/** What came out of a file and goes into a sentence: short, and without control characters. */
export const shownText = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 40);

/** A file that holds a version and nothing else (`.ruby-version`); blank and comment lines are passed over. */
export function versionFile(inventory: Inventory, file: string): VersionSource[] {
  const lines = (inventory.text(file) ?? '').split('\n').map((line) => line.trim());
  const at = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
  const text = shownText(lines[at] ?? '');
  return text === '' ? [] : [{ text, from: { file, line: at + 1, why: `${file} says ${text}` } }];
}

/** asdf's file, which mise reads too: a tool a line, by any of its names. */
export function toolVersions(inventory: Inventory, file: string, names: readonly string[]): VersionSource[] {
  const lines = (inventory.text(file) ?? '').split('\n').map((line) => line.trim().split(/\s+/));
  const at = lines.findIndex(([name = '', version = '']) => names.includes(name) && version !== '');
  const [name = '', version = ''] = lines[at] ?? [];
  const text = shownText(version);
  return text === '' ? [] : [{ text, from: { file, line: at + 1, why: `${name} ${text} in ${file}` } }];
}

/** A tool of a mise file: a version, a list of them, or a table with one. */
export const versionText = z.union([
  z.string(),
  z.number().transform(String),
  z.array(z.string()).transform((all) => all[0] ?? ''),
  z.looseObject({ version: z.string() }).transform((tool) => tool.version),
]);
const miseFile = z.looseObject({ tools: z.record(z.string(), z.unknown()).optional() });

function parsedToml(text: string): unknown {
  try {
    return parseToml(text);
  } catch {
    return {};
  }
}

/** The `[tools]` of a mise file. https://mise.jdx.dev/configuration.html */
export function miseTools(inventory: Inventory, file: string, names: readonly string[]): VersionSource[] {
  const text = inventory.text(file);
  if (text === undefined) return [];
  const tools = miseFile.safeParse(parsedToml(text)).data?.tools ?? {};
  return names.flatMap((name): VersionSource[] => {
    const version = shownText(versionText.safeParse(tools[name]).data ?? '');
    if (version === '') return [];
    const at = text.split('\n').findIndex((line) => line.trim().replaceAll('"', '').startsWith(name));
    return [
      { text: version, from: { file, ...(at < 0 ? {} : { line: at + 1 }), why: `${name} = ${version} in ${file}` } },
    ];
  });
}

/** `.tool-versions`, `mise.toml` and `.mise.toml` of one folder, in that order. */
export const managedVersions = (inventory: Inventory, ...names: readonly string[]): VersionSource[] => [
  ...toolVersions(inventory, '.tool-versions', names),
  ...miseTools(inventory, 'mise.toml', names),
  ...miseTools(inventory, '.mise.toml', names),
];
