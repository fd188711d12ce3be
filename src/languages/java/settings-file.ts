import { parseAllDocuments } from 'yaml';
import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';

/** Configuration that frameworks read from the class path: properties, YAML, HOCON. */

const FILES = [
  'application.properties',
  'application.yml',
  'application.yaml',
  'application.conf',
  'app.properties',
  'app.yml',
  'app.yaml',
  'META-INF/microprofile-config.properties',
  'microprofile-config.properties',
];
const FOLDERS = ['src/main/resources', 'src/main/resources/config', 'resources', 'conf', 'config', ''];

export interface Setting {
  readonly value: string;
  readonly from: Evidence;
}

function fromProperties(text: string, key: string): { value: string; line: number } | undefined {
  const rows = text.split('\n');
  const at = rows.findIndex((row) => {
    const cut = row.search(/[=:]/);
    return cut > 0 && row.slice(0, cut).trim() === key;
  });
  const row = rows[at];
  return row === undefined ? undefined : { value: row.slice(row.search(/[=:]/) + 1).trim(), line: at + 1 };
}

/** Walks `a.b.c`, whether it is written as nested maps or with dots in a key. */
function valueAt(data: unknown, key: string): unknown {
  if (typeof data !== 'object' || data === null) return undefined;
  const map = data as Record<string, unknown>;
  if (Object.hasOwn(map, key)) return map[key];
  for (let cut = key.indexOf('.'); cut > 0; cut = key.indexOf('.', cut + 1)) {
    const head = key.slice(0, cut);
    const found = Object.hasOwn(map, head) ? valueAt(map[head], key.slice(cut + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function fromYaml(text: string, key: string): string | undefined {
  try {
    for (const document of parseAllDocuments(text, { logLevel: 'error' })) {
      if (!('toJS' in document) || document.errors.length > 0) continue;
      const value = valueAt(document.toJS({ maxAliasCount: 100 }), key);
      if (typeof value === 'number' || typeof value === 'string') return String(value);
    }
  } catch {
    return undefined;
  }
  return undefined;
}

/** HOCON, as far as a port is written plainly: the last key of the path with a number or a substitution. */
function fromHocon(text: string, key: string): string | undefined {
  const last = key.slice(key.lastIndexOf('.') + 1);
  const block = text.includes(key.split('.')[0] ?? key) ? text : '';
  return new RegExp(`\\b${last.replaceAll(/\W/g, '')}\\s{0,9}[=:]\\s{0,9}"?(\\d{2,5})`).exec(block)?.[1];
}

/** The value of a key in a module's configuration, with where it stands. */
export function settingOf(inventory: Inventory, folder: string, key: string): Setting | undefined {
  for (const place of FOLDERS) {
    for (const name of FILES) {
      const file = joinPath(folder, joinPath(place, name));
      const text = inventory.text(file);
      if (text === undefined) continue;
      const why = (value: string): string => `${key} is ${value.slice(0, 60)}`;
      if (name.endsWith('.properties')) {
        const found = fromProperties(text, key);
        if (found) return { value: found.value, from: { file, line: found.line, why: why(found.value) } };
        continue;
      }
      const value = name.endsWith('.conf') ? fromHocon(text, key) : fromYaml(text, key);
      if (value !== undefined) return { value, from: { file, why: why(value) } };
    }
  }
  return undefined;
}

export const isSettingsFile = (path: string): boolean =>
  /(^|\/)((application|app)\.(properties|ya?ml)|application\.conf|microprofile-config\.properties)$/.test(path) &&
  !/(^|\/)src\/test\//.test(path);
