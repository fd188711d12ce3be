import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import { fileOfGoModule, fileOfWheel } from './programs.ts';

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

type Json = { readonly [key: string]: unknown };
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same schema, to which a field that it does not name is a fault, as it is to `kubectl` and `gcloud`. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((item) => closed(item));
  if (!isObject(schema)) return schema;
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true || 'additionalProperties' in schema;
  const own = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return isObject(schema['properties']) && !open ? { ...own, additionalProperties: false } : own;
}

const compiled = (schema: unknown, definitions: unknown = {}): ValidateFunction => {
  const ajv = new Ajv({ ...options, logger: false });
  formats.default(ajv);
  return ajv.compile({ ...(schema as object), definitions });
};

/** The definition of a custom resource, as its project publishes it. */
const customResource = (module: string, path: string, version: string) =>
  lazily(() => {
    const definition = parse(fileOfGoModule(module, path)) as {
      spec: { versions: { name: string; schema: { openAPIV3Schema: Json } }[] };
    };
    const { openAPIV3Schema } = definition.spec.versions.find(({ name }) => name === version)?.schema ?? assert.fail();
    return compiled(closed(openAPIV3Schema));
  });

/** A kind of Cloud Run's API, as Google's discovery document has it. */
const cloudRun = (kind: string) =>
  lazily(() => {
    const path = 'googleapiclient/discovery_cache/documents/run.v1.json';
    const text = fileOfWheel('google-api-python-client', '2.202.0', path);
    // What a discovery document says in another way than a JSON schema.
    const asSchema = text
      .replaceAll(/"\$ref": ?"(\w+)"/g, '"$ref": "#/definitions/$1"')
      .replaceAll(/"id": ?"/g, '"title": "')
      .replaceAll(/"type": ?"any"/g, '"title": "any"');
    const { schemas: kinds } = JSON.parse(asSchema) as { schemas: Json };
    return compiled({ $ref: `#/definitions/${kind}` }, closed(kinds));
  });

/** What is fetched when it is first asked for: only where a test may. */
export const fetchedSchemas = {
  externalSecret: customResource(
    'github.com/external-secrets/external-secrets@v0.16.2',
    'config/crds/bases/external-secrets.io_externalsecrets.yaml',
    'v1',
  ),
  knative: customResource('knative.dev/serving@v0.51.0', 'config/core/300-resources/service.yaml', 'v1'),
  cloudRunService: cloudRun('Service'),
  cloudRunJob: cloudRun('Job'),
} as const;
