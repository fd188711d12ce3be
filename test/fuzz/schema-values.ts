import fc from 'fast-check';
import { hostile } from './hostile.ts';

/** Values of a JSON Schema, as hostile as it lets them be. https://json-schema.org/draft/2020-12/json-schema-validation */
interface Schema {
  readonly type?: string;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema | boolean;
}

const MOST_ITEMS = 4;
/** One of so many optional properties is there. */
const RARITY = 4;

const joined = fc.array(fc.constantFrom(...hostile), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: joined },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
);

function textOf({ pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY }: Schema): fc.Arbitrary<string> {
  const expression = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  const fits = (text: string): boolean =>
    text.length >= minLength && text.length <= maxLength && (expression?.test(text) ?? true);
  const given = hostile.filter(fits);
  // Free text: a pattern that only leaves characters out.
  if (expression === undefined || pattern?.startsWith('^[^')) return hostileText.filter(fits);
  const plain = [
    '1',
    'a',
    'a1',
    'A_B',
    'a/b',
    'a.b',
    'node:24',
    'SIGTERM',
    '/x',
    '1Gi',
    '250m',
    'linux/amd64',
    '@daily',
    '* * * * *',
    'a.example',
    `sha256:${'0'.repeat(64)}`,
  ];
  const fixed = [...given, ...plain.filter(fits)];
  try {
    const made = fc.stringMatching(expression).filter(fits);
    return fixed.length === 0 ? made : fc.oneof(fc.constantFrom(...fixed), made);
  } catch {
    // A construct that the generator does not know, such as a look-ahead.
    return fc.constantFrom(...fixed);
  }
}

export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(valuesOf));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type ?? '') {
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 0xffffffff, 0xffffffff) });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? MOST_ITEMS, MOST_ITEMS),
      });
    case 'object':
      return schema.properties ? objectsOf(schema) : dictionariesOf(schema);
    default:
      throw new Error(`a schema that is not known here: ${JSON.stringify(schema)}`);
  }
}

function objectsOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([key, schema]) =>
    required.includes(key)
      ? valuesOf(schema).map((value) => [key, value] as const)
      : fc.oneof(
          { weight: RARITY - 1, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: valuesOf(schema).map((value) => [key, value] as const) },
        ),
  );
  return fc
    .tuple(...fields)
    .map((entries) => Object.fromEntries(entries.filter((entry) => entry !== undefined)) as unknown);
}

const dictionariesOf = ({ propertyNames = { type: 'string' }, additionalProperties }: Schema): fc.Arbitrary<unknown> =>
  fc
    .array(
      fc.tuple(textOf(propertyNames), valuesOf(typeof additionalProperties === 'object' ? additionalProperties : {})),
      { maxLength: MOST_ITEMS },
    )
    .map((entries) => Object.fromEntries(entries));
