import {
  joinPath,
  nearestFirst,
  parentOf,
  pathBelow,
  resolveTarget,
  type Inventory,
} from '../../inventory/inventory.ts';
import type { Step } from '../../plan/plan.ts';
import { assetStage, type AssetBuild } from '../javascript/asset-stage.ts';
import { outputsElsewhere } from '../javascript/outputs-elsewhere.ts';
import { readProject as readScripts } from '../javascript/project.ts';
import { cleanLiteral, type RunFiles } from '../run-files.ts';
import { codeOf } from './code.ts';
import { SOURCE_ROOT } from './layout.ts';
import type { Program } from './programs.ts';
import type { Reach } from './reach.ts';
import { embeddedPlaces } from './source-file.ts';

/** Pages of a program that a build of JavaScript makes: what is taken into the binary, or served from beside it. */

interface Output {
  /** Below the scope's root. */
  readonly path: string;
  readonly file: boolean;
  /** Where the program looks for it while it runs; undefined where it is in the binary. */
  readonly to: string | undefined;
}

export interface Frontend {
  readonly assets: AssetBuild;
  readonly outputs: readonly Output[];
}

const within = (path: string, folder: string): boolean =>
  folder === '' || path === folder || path.startsWith(`${folder}/`);

/** Nothing there yet, or what keeps a folder in the repository: a hidden file, or a page that says so. */
const isHollow = (inventory: Inventory, path: string): boolean =>
  !inventory.isFile(path) &&
  inventory.files(
    (file) => file.startsWith(`${path}/`) && !/(^|\/)\.[^/]*$|(^|\/)index\.html$/.test(file.slice(path.length)),
  ).length === 0;

/** Folders with a package.json that has anything to run, those nearer to the root first. */
const packageFolders = (inventory: Inventory): string[] =>
  inventory
    .files(/(^|\/)package\.json$/)
    .filter((path) => !/(^|\/)(node_modules|testdata)\//.test(path))
    .map((path) => parentOf(path))
    .sort(nearestFirst);

/** Files that a build of pages may leave; keys, lists and the like are made by something else. */
const OF_PAGES = /\.(html?|css|m?js|map|svg|png|ico|woff2?|wasm|webmanifest)$/i;

/** Names that builds give to what they leave. */
const LEAVES = /^(dist|build|out|public|output|_site|www)$/;

/** Paths in the source that name what is not there, below a folder of JavaScript: `./web/dist/index.html` is `web/dist`. */
function namedOutputs(inventory: Inventory, reach: Reach, program: Program, folder: string): Output[] {
  const values = new Set(codeOf(reach).flatMap((file) => file.literals.map((l) => l.value)));
  const found = [...values].flatMap((value): Output[] => {
    const clean = cleanLiteral(value);
    if (clean === undefined || clean.startsWith('..')) return [];
    const path = joinPath(program.module.folder, clean);
    if (!within(path, folder) || path === folder) return [];
    const depth = folder === '' ? 0 : folder.split('/').length;
    const output = path
      .split('/')
      .slice(0, depth + 1)
      .join('/');
    const last = output.slice(output.lastIndexOf('/') + 1);
    const to = pathBelow(program.module.folder, output);
    return LEAVES.test(last) && isHollow(inventory, output) ? [{ path: output, file: false, to }] : [];
  });
  return [...new Map(found.map((o) => [o.path, o])).values()];
}

const OPTION =
  /(?:^|\s)(?:--(?:outDir|out-dir|outdir|outfile|output|dist-dir|output-path)|-[od])[=\s]+["']?([\w./-]+)/g;

/** What a build writes, as far as the program takes or reads it. */
function fittingOutputs(
  inventory: Inventory,
  paths: readonly string[],
  taken: readonly string[],
  read: RunFiles['read'],
): Output[] {
  return paths.flatMap((said): Output[] => {
    const path = said.replace(/\/$/, '');
    if (!isHollow(inventory, path)) return [];
    const file = /\.(css|js|mjs)$/.test(path);
    if (taken.some((place) => within(path, place) || within(place, path))) return [{ path, file, to: undefined }];
    const place = read.find((r) => r.folder && within(path, r.source));
    return place ? [{ path, file, to: `${place.to}${path.slice(place.source.length)}` }] : [];
  });
}

/** What the scripts say that they write. */
function saidOutputs(
  inventory: Inventory,
  folder: string,
  taken: readonly string[],
  read: RunFiles['read'],
): { readonly script: string; readonly outputs: Output[] }[] {
  const { scripts } = readScripts(inventory.at(folder), '').root.json;
  return Object.entries(scripts).flatMap(([script, line]) => {
    if (/^(dev|start|watch|serve|test|lint|preview)\b/.test(script) || /\s--watch\b/.test(line)) return [];
    const paths = [...line.matchAll(OPTION)].flatMap(
      (m) => resolveTarget(joinPath(folder, 'package.json'), m[1] ?? '') ?? [],
    );
    const outputs = fittingOutputs(inventory, paths, taken, read);
    return outputs.length > 0 ? [{ script, outputs }] : [];
  });
}

/** Whether nothing in its settings points out of the folder: then an edit of anything else leaves its build cached. */
const standsAlone = (inventory: Inventory, folder: string): boolean =>
  folder !== '' &&
  inventory
    .files((path) => parentOf(path) === folder && /\.(json|[cm]?[jt]s)$/.test(path))
    .every((path) => !(inventory.text(path) ?? '').replaceAll(OPTION, '').includes('../'));

/** The build of the program's pages; undefined where they are there, or nothing makes them. */
export function frontendOf(
  inventory: Inventory,
  program: Program,
  reach: Reach,
  read: RunFiles['read'],
): Frontend | undefined {
  if (!inventory.complete) return undefined;
  const taken = reach.files.flatMap(embeddedPlaces).filter((path) => path !== '');
  for (const folder of packageFolders(inventory)) {
    const inside: Output[] = taken
      .filter((path) => path !== folder && within(path, folder) && isHollow(inventory, path))
      .filter((path) => !/\.\w+$/.test(path) || OF_PAGES.test(path))
      .map((path) => ({ path, file: OF_PAGES.test(path), to: undefined }));
    const named = namedOutputs(inventory, reach, program, folder);
    const [said] = saidOutputs(inventory, folder, taken, read);
    const set = fittingOutputs(inventory, folder === '' ? [] : outputsElsewhere(inventory, folder), taken, read);
    const known = [...named, ...inside, ...(said ? [] : set)];
    const outputs = known.length > 0 ? known : (said?.outputs ?? []);
    if (outputs.length === 0) continue;
    const scripts = known.length > 0 ? ['build', 'build:prod', 'build-prod', 'production'] : [said?.script ?? 'build'];
    const sources = standsAlone(inventory, folder) ? { sources: [`${folder}/`] } : {};
    const assets = assetStage(inventory, { folder, scripts, ...sources });
    if (assets) return { assets, outputs: [...new Map(outputs.map((o) => [o.path, o])).values()] };
  }
  return undefined;
}

const copyOf = ({ assets }: Frontend, { path, file }: Output, to: string, why: string): Step => ({
  kind: 'copy',
  from: assets.stage.name,
  sources: [`${assets.root}/${path}${file ? '' : '/'}`],
  to: `${to}${file ? '' : '/'}`,
  why,
});

/** For the stage that compiles: what the program takes into its binary. */
export const embeddedPages = (frontend: Frontend | undefined): Step[] =>
  (frontend?.outputs ?? [])
    .filter((o) => o.to === undefined)
    .map((o) => copyOf(frontend as Frontend, o, `${SOURCE_ROOT}/${o.path}`, 'pages that go into the program'));

/** For the image: what the program serves from beside it. */
export const servedPages = (frontend: Frontend | undefined): Step[] =>
  (frontend?.outputs ?? []).flatMap((o) =>
    o.to === undefined ? [] : [copyOf(frontend as Frontend, o, `./${o.to}`, 'pages that the program serves')],
  );
