import { parse as parseYaml, YAMLParseError } from 'yaml';
import type * as z from 'zod';
import { Problem, type Fault } from '../problems/problem.ts';
import { manifestSchema, type Manifest } from './schema.ts';

/** RFC 6901: the path of an issue as a JSON pointer. */
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The faults of a zod error, one for each place; unknown keys are pointed at one by one. */
export function faultsOf(error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue): Fault[] => {
    if (issue.code !== 'unrecognized_keys') return [{ pointer: pointerOf(issue.path), detail: issue.message }];
    return issue.keys.map((key) => ({ pointer: pointerOf([...issue.path, key]), detail: 'is not a known field' }));
  });
}

/** Checks a value against the manifest's schema. Throws `invalid-manifest`, pointing at every fault. */
export function checkManifest(value: unknown, where: string): Manifest {
  const checked = manifestSchema.safeParse(value);
  if (checked.success) return checked.data;
  const errors = faultsOf(checked.error);
  const [first] = errors;
  throw new Problem('invalid-manifest', {
    detail: `${where} does not fit the schema: ${first ? `${first.pointer || '/'} ${first.detail}` : 'it is empty'}${errors.length > 1 ? `, and ${errors.length - 1} more` : ''}.`,
    hint: 'GET /v1/manifest.schema.json lists the fields; the members of `errors` point at each fault.',
    errors,
  });
}

/** Aliases are a way to make a small YAML file large; a manifest needs few. https://eemeli.org/yaml/#options */
const MAX_ALIASES = 100;

/** YAML takes JSON as well, at twenty times the price: what is JSON is read as that. */
function parseText(source: string): unknown {
  if (/^\s*\{/.test(source)) {
    try {
      return JSON.parse(source) as unknown;
    } catch {
      // A flow mapping of YAML, or a fault that its parser names better.
    }
  }
  return parseYaml(source, { maxAliasCount: MAX_ALIASES, logLevel: 'error' });
}

/** Parses a manifest from JSON or YAML (of which JSON is a part) and checks it. Throws `invalid-manifest`. */
export function parseManifest(source: string, where: string): Manifest {
  let value: unknown;
  try {
    value = parseText(source);
  } catch (cause) {
    const at = cause instanceof YAMLParseError ? cause.linePos?.[0] : undefined;
    throw new Problem('invalid-manifest', {
      detail: `${where} is neither JSON nor YAML${at ? `: line ${at.line}, column ${at.col}` : ''}.`,
      hint: 'Check the quoting and the indentation at that line.',
      cause,
    });
  }
  return checkManifest(value ?? {}, where);
}
