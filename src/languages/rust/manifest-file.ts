import { parse as parseToml } from 'smol-toml';
import * as z from 'zod';
import { Problem } from '../../problems/problem.ts';

/** Cargo.toml, as far as a build needs it. https://doc.rust-lang.org/cargo/reference/manifest.html */

const inherited = z.looseObject({ workspace: z.literal(true) });
const maybeInherited = z.union([z.string(), inherited]).optional().catch(undefined);

const dependencySchema = z.union([
  z.string().transform((version) => ({ version })),
  z.looseObject({
    version: z.string().optional().catch(undefined),
    package: z.string().optional().catch(undefined),
    path: z.string().optional().catch(undefined),
    git: z.string().optional().catch(undefined),
    workspace: z.boolean().optional().catch(undefined),
    features: z.array(z.string()).optional().catch(undefined),
    optional: z.boolean().optional().catch(undefined),
  }),
]);
const dependencies = z.record(z.string(), dependencySchema).optional().catch(undefined);
const dependencyTables = {
  dependencies,
  'dev-dependencies': dependencies,
  dev_dependencies: dependencies,
  'build-dependencies': dependencies,
  build_dependencies: dependencies,
};

const targetSchema = z.looseObject({
  name: z.string().optional().catch(undefined),
  path: z.string().optional().catch(undefined),
  'crate-type': z.array(z.string()).optional().catch(undefined),
  crate_type: z.array(z.string()).optional().catch(undefined),
  'required-features': z.array(z.string()).optional().catch(undefined),
});
const targets = z.array(targetSchema).optional().catch(undefined);

const leptos = z.looseObject({
  'site-root': z.string().optional().catch(undefined),
  'output-name': z.string().optional().catch(undefined),
});
const metadata = z
  .looseObject({ leptos: leptos.optional().catch(undefined) })
  .optional()
  .catch(undefined);

const manifestSchema = z.looseObject({
  package: z
    .looseObject({
      name: z.string(),
      version: maybeInherited,
      edition: maybeInherited,
      'rust-version': maybeInherited,
      'default-run': z.string().optional().catch(undefined),
      autobins: z.boolean().optional().catch(undefined),
      build: z.union([z.string(), z.boolean()]).optional().catch(undefined),
      workspace: z.string().optional().catch(undefined),
      metadata,
    })
    .optional(),
  lib: targetSchema.optional().catch(undefined),
  bin: targets,
  example: targets,
  test: targets,
  bench: targets,
  features: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
  ...dependencyTables,
  target: z.record(z.string(), z.looseObject(dependencyTables)).optional().catch(undefined),
  patch: z.record(z.string(), z.record(z.string(), dependencySchema)).optional().catch(undefined),
  replace: dependencies,
  workspace: z
    .looseObject({
      members: z.array(z.string()).optional().catch(undefined),
      'default-members': z.array(z.string()).optional().catch(undefined),
      exclude: z.array(z.string()).optional().catch(undefined),
      package: z
        .looseObject({
          version: z.string().optional().catch(undefined),
          edition: z.string().optional().catch(undefined),
          'rust-version': z.string().optional().catch(undefined),
        })
        .optional()
        .catch(undefined),
      dependencies,
      metadata: z
        .looseObject({ leptos: z.array(leptos).optional().catch(undefined) })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

export type ManifestFile = z.infer<typeof manifestSchema>;
export type DependencyEntry = z.infer<typeof dependencySchema>;

/** Reads a Cargo.toml. Throws `broken-file`, with the place, for one that Cargo would refuse as well. */
export function readManifestFile(text: string, file: string): ManifestFile {
  let parsed: unknown;
  try {
    parsed = parseToml(text);
  } catch (error) {
    const said = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    throw new Problem('broken-file', {
      detail: `${file} is not valid TOML: ${said}`,
      hint: 'Run `cargo metadata`, which says what is wrong, and send the project again.',
    });
  }
  const result = manifestSchema.safeParse(parsed);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Problem('broken-file', {
    detail: `${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is no manifest of Cargo'}`,
    hint: 'Run `cargo metadata`, which says what is wrong, and send the project again.',
  });
}

/** All tables of dependencies, those for one machine or system among them. */
export function dependencyTablesOf(file: ManifestFile): {
  readonly normal: Readonly<Record<string, DependencyEntry>>;
  readonly build: Readonly<Record<string, DependencyEntry>>;
  readonly dev: Readonly<Record<string, DependencyEntry>>;
} {
  const all = [file, ...Object.values(file.target ?? {})];
  const merged = (...names: readonly (keyof typeof dependencyTables)[]): Record<string, DependencyEntry> =>
    Object.assign({}, ...all.flatMap((table) => names.map((name) => table[name] ?? {}))) as Record<
      string,
      DependencyEntry
    >;
  return {
    normal: merged('dependencies'),
    build: merged('build-dependencies', 'build_dependencies'),
    dev: merged('dev-dependencies', 'dev_dependencies'),
  };
}
