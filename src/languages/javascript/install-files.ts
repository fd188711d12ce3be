import { joinPath, parentOf } from '../../inventory/inventory.ts';
import type { CopyStep } from '../../plan/plan.ts';
import { cleanFolder } from './config-files.ts';
import { PACKAGE_FILES, type Package } from './package-json.ts';
import { prismaFiles } from './prisma.ts';
import { packagesOf, type JsProject } from './project.ts';
import { localFolder } from './workspace.ts';

/** The files that an install goes by. */

export const isBelow = (folder: string) => (path: string) => path.startsWith(`${folder}/`);

const SETTINGS = [
  '.npmrc',
  '.yarnrc',
  '.yarnrc.yml',
  'pnpm-workspace.yaml',
  '.pnpmfile.cjs',
  '.pnpmfile.mjs',
  'bunfig.toml',
  '.pnp.cjs',
  '.pnp.loader.mjs',
];
const FOLDERS = ['.yarn/releases', '.yarn/plugins', '.yarn/patches', '.yarn/cache', 'patches', '.patches'];

const packageFiles = ({ inventory }: JsProject, pkg: Package): string[] =>
  PACKAGE_FILES.map((name) => joinPath(pkg.folder, name))
    .filter((file) => inventory.isFile(file))
    .slice(0, 1);

/** `file:` dependencies: a folder or an archive that has to be there when it is installed. */
function localDependencies(project: JsProject): string[] {
  const { inventory, members } = project;
  const known = new Set(members.map((m) => m.folder));
  return packagesOf(project).flatMap((pkg) =>
    [
      ...Object.values(pkg.json.dependencies),
      ...Object.values(pkg.json.devDependencies),
      ...Object.values(pkg.json.optionalDependencies),
    ].flatMap((spec) => {
      const path = localFolder(pkg, spec);
      if (path === undefined || path === '' || known.has(path)) return [];
      if (inventory.isFile(path)) return [path];
      return inventory.isDirectory(path) ? [`${path}/`] : [];
    }),
  );
}

/** Archives that yarn installs from, where they are kept with the project. https://classic.yarnpkg.com/blog/2016/11/24/offline-mirror/ */
function offlineMirror({ inventory }: JsProject): string[] {
  const named = /^yarn-offline-mirror\s+"?([^"\n]+?)"?\s*$/m.exec(inventory.text('.yarnrc') ?? '')?.[1];
  const folder = cleanFolder(named);
  return folder !== undefined && inventory.isDirectory(folder) ? [`${folder}/`] : [];
}

/** What is copied before anything is installed, so that an edit of the source installs nothing again. */
function manifestFiles(project: JsProject): string[] {
  const { inventory, root, members, lock } = project;
  const files = [
    ...packageFiles(project, root),
    ...(lock ? [lock.file] : []),
    ...SETTINGS.filter((file) => inventory.isFile(file)),
    ...FOLDERS.filter((folder) => inventory.files(isBelow(folder)).length > 0).map((folder) => `${folder}/`),
    ...offlineMirror(project),
    ...members.flatMap((member) => packageFiles(project, member)),
    ...localDependencies(project),
    ...prismaFiles(project),
  ];
  return [...new Set(files)];
}

export function manifestCopies(project: JsProject): CopyStep[] {
  const why = 'what is installed, before the source: an edit of the source installs nothing again';
  if (!project.inventory.complete && project.lock === undefined) {
    const sources = ['package.json', 'package-lock.json*'];
    return [{ kind: 'copy', sources, to: './', glob: true, why }];
  }
  const files = manifestFiles(project);
  if (files.length === 0) return [];
  const nested = files.some((file) => parentOf(file) !== '' || file.endsWith('/'));
  return [{ kind: 'copy', sources: files, to: './', ...(nested ? { parents: true } : {}), why }];
}

/** Variables that the registry's settings take from the environment, each a secret of the build. */
export function registryVariables({ inventory }: JsProject): string[] {
  const texts = ['.npmrc', '.yarnrc.yml', 'bunfig.toml'].map((file) => inventory.text(file) ?? '');
  const found = texts.flatMap((text) => [...text.matchAll(/\$\{?([A-Z][A-Z0-9_]{2,60})\b/g)].map((m) => m[1] ?? ''));
  return [...new Set(found)].filter((name) => /TOKEN|AUTH|PASS|SECRET|KEY/.test(name));
}
