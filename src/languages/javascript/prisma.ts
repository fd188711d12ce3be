import { joinPath } from '../../inventory/inventory.ts';
import type { Settings } from '../../manifest/schema.ts';
import type { Step } from '../../plan/plan.ts';
import { allDependencies, type Package } from './package-json.ts';
import { packagesOf, type JsProject } from './project.ts';

/** Prisma's client is generated into what is installed, from a schema of the project. https://www.prisma.io/docs/orm/prisma-client */

const SCHEMAS = ['prisma/schema.prisma', 'schema.prisma', 'prisma/schema', 'db/schema.prisma'];
const CONFIGS = ['prisma.config.ts', 'prisma.config.js', 'prisma.config.mjs'];

/** Where a package's schema lies, from the project's root; undefined where it has none. */
export function prismaSchema({ inventory }: JsProject, pkg: Package): string | undefined {
  const { prisma, '@prisma/client': client } = allDependencies(pkg);
  if (prisma === undefined && client === undefined) return undefined;
  const own = pkg.json.prisma?.schema;
  const places = [...(own === undefined ? [] : [own.replace(/^\.\//, '')]), ...SCHEMAS];
  return places
    .map((place) => joinPath(pkg.folder, place))
    .find((path) => inventory.isFile(path) || (path.endsWith('/schema') && inventory.isDirectory(path)));
}

/** The packages whose client has to be generated. */
export const prismaPackages = (project: JsProject): Package[] =>
  packagesOf(project).filter(
    (pkg) => allDependencies(pkg)['prisma'] !== undefined && prismaSchema(project, pkg) !== undefined,
  );

/** Schema and settings, which are copied before the install. */
export function prismaFiles(project: JsProject): string[] {
  return packagesOf(project).flatMap((pkg) => {
    const schema = prismaSchema(project, pkg);
    if (schema === undefined) return [];
    const configs = CONFIGS.map((file) => joinPath(pkg.folder, file)).filter((file) => project.inventory.isFile(file));
    return [project.inventory.isDirectory(schema) ? `${schema}/` : schema, ...configs];
  });
}

/**
 * Settings that read a variable by `env()` fail without it, whatever Prisma is asked to do: so does a build script that
 * generates the client. https://www.prisma.io/docs/orm/reference/prisma-config-reference#datasourceurl
 */
export function prismaEnv(project: JsProject, { build }: Settings): Step[] {
  const given = new Set([...Object.keys(build?.args ?? {}), ...(build?.secrets ?? [])].map((n) => n.toUpperCase()));
  const read = prismaPackages(project).flatMap((pkg) =>
    CONFIGS.map((file) => joinPath(pkg.folder, file)).flatMap((file) =>
      [...(project.inventory.text(file) ?? '').matchAll(/\benv(?:<[^>\n]*>)?\(\s*['"](\w+)['"]/g)].map((m) => ({
        name: m[1] ?? '',
        file,
      })),
    ),
  );
  const missing = read.filter(({ name }) => !given.has(name.toUpperCase()));
  if (missing.length === 0) return [];
  return [
    {
      kind: 'env',
      vars: Object.fromEntries(missing.map(({ name }) => [name, 'postgresql://localhost/build'])),
      why: 'Prisma’s settings want the address of a database; nothing is asked of it while the image is built',
      evidence: missing.map(({ name, file }) => ({ file, why: `reads ${name}` })),
    },
  ];
}
