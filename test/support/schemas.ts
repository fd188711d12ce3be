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

interface Definitions {
  readonly kinds: Readonly<Record<string, string>>;
  readonly definitions: unknown;
}
let kubernetes: { readonly kinds: Definitions['kinds']; compiled(definition: string): ValidateFunction } | undefined;

/** Definitions are compiled one by one, when they are first asked for: all of them take seconds. */
function kubernetesSchemas(): NonNullable<typeof kubernetes> {
  if (kubernetes) return kubernetes;
  const { kinds, definitions } = read('kubernetes') as unknown as Definitions;
  const ajv = new Ajv({ ...options, logger: false });
  formats.default(ajv);
  ajv.addSchema({ definitions }, 'kubernetes');
  const compiled = new Map<string, ValidateFunction>();
  kubernetes = {
    kinds,
    compiled: (definition) => {
      const known = compiled.get(definition) ?? ajv.compile({ $ref: `kubernetes#/definitions/${definition}` });
      compiled.set(definition, known);
      return known;
    },
  };
  return kubernetes;
}

/** An object of the Kubernetes API, strictly: a field that the API does not know is a fault. */
export function assertKubernetes(object: unknown): void {
  const { apiVersion, kind } = object as { apiVersion?: string; kind?: string };
  const known = kubernetesSchemas();
  const definition = known.kinds[`${apiVersion ?? ''} ${kind ?? ''}`];
  assert.ok(definition, `${apiVersion ?? 'nothing'} ${kind ?? 'nothing'} is no kind that is known`);
  assertFits(known.compiled(definition), object);
}

/** What Knative and Cloud Run take over from Kubernetes. */
export const assertPodSpec = (spec: unknown): void =>
  assertFits(kubernetesSchemas().compiled('io.k8s.api.core.v1.PodSpec'), spec);
