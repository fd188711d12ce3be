import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** Generated files against the schemas that their systems publish; see test/vectors/schemas/README.md. */

const read = (name: string): AnySchemaObject =>
  JSON.parse(readFileSync(new URL(`../vectors/schemas/${name}.json`, import.meta.url), 'utf8')) as AnySchemaObject;

const options = { strict: false, allErrors: true, allowUnionTypes: true } as const;

function lazily(make: () => ValidateFunction): () => ValidateFunction {
  let made: ValidateFunction | undefined;
  return () => (made ??= make());
}

const draft7 = (name: string) =>
  lazily(() => {
    const ajv = new Ajv(options);
    formats.default(ajv);
    return ajv.compile(read(name));
  });

export const schemas = {
  compose: lazily(() => {
    const ajv = new Ajv2020(options);
    formats.default(ajv);
    return ajv.compile(read('compose'));
  }),
  github: draft7('github-workflow'),
  gitlab: draft7('gitlab-ci'),
} as const;

/** Fails with every fault that the schema finds. */
export function assertFits(validate: ValidateFunction, value: unknown): void {
  if (validate(value)) return;
  assert.fail(
    (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message ?? ''} ${JSON.stringify(e.params)}`).join('\n'),
  );
}

const kubernetes = lazily(() => {
  const { kinds, definitions } = read('kubernetes') as {
    kinds: Readonly<Record<string, string>>;
    definitions: unknown;
  };
  const ajv = new Ajv({ ...options, logger: false });
  formats.default(ajv);
  return ajv.compile({
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata'],
    anyOf: Object.entries(kinds).map(([key, definition]) => {
      const [apiVersion, kind] = key.split(' ');
      return {
        properties: { apiVersion: { const: apiVersion }, kind: { const: kind } },
        $ref: `#/definitions/${definition}`,
      };
    }),
    definitions,
  });
});

/** An object of the Kubernetes API, strictly: a field that the API does not know is a fault. */
export const assertKubernetes = (object: unknown): void => assertFits(kubernetes(), object);
