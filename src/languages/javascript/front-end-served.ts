import { joinPath, nearestFirst, parentOf, type Inventory } from '../../inventory/inventory.ts';
import type { Advice, Stage, Step } from '../../plan/plan.ts';
import { assetStage } from './asset-stage.ts';
import type { App } from './app.ts';
import type { ServerOutcome } from './outcome.ts';
import { runsOwnSource } from './outcome.ts';
import { allDependencies, readPackage } from './package-json.ts';
import { sourcesOf } from './program-source.ts';
import { commandBehind } from './script-line.ts';
import { APP_ROOT } from './stages.ts';

/** Front ends in a package of their own, whose built pages a program gives out: `express.static('client/dist')`. */

const NOT_HERE = /(^|\/)(\.[^/]+|node_modules|tests?|testdata|e2e|docs?|examples?)(\/|$)/;
const DEPTH = 2;
const SCRIPTS = ['build', 'build:prod', 'production', 'generate'];

interface FrontEnd {
  readonly folder: string;
  /** What the program asks for and is not there, below the project's root. */
  readonly output: string;
  readonly scripts: readonly string[];
}

/** The folder's name before that of what a build leaves, in one string or as parts of a path. */
const asksFor = (folder: string): RegExp =>
  new RegExp(
    String.raw`(?:["'\x60/]|\.\.?/)${folder.replaceAll(/[.+*?^$()[\]{}|\\]/g, '.').replaceAll('/', '["\'`, /]+')}(?:/|["'\x60]\s*,\s*["'\x60])(dist|build|out|www)(?=["'\x60/])`,
  );

/** Those whose pages these texts ask for, and which nothing has built. */
export function frontEndsServed(inventory: Inventory, texts: readonly string[]): FrontEnd[] {
  return inventory
    .files(/(^|\/)package\.json$/)
    .map(parentOf)
    .filter((folder) => folder !== '' && folder.split('/').length <= DEPTH && !NOT_HERE.test(folder))
    .sort(nearestFirst)
    .flatMap((folder): FrontEnd[] => {
      const pattern = asksFor(folder);
      const name = texts.map((text) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
      const pkg = name === undefined ? undefined : readPackage(inventory, folder);
      const output = joinPath(folder, name ?? '');
      if (!pkg || inventory.isDirectory(output)) return [];
      // Nuxt leaves pages in dist when it is asked for them alone.
      const pages = name === 'dist' && allDependencies(pkg)['nuxt'] !== undefined ? ['generate'] : [];
      const scripts = [...pages, ...SCRIPTS].filter((script) => pkg.json.scripts[script] !== undefined);
      return scripts.length > 0 ? [{ folder, output, scripts }] : [];
    });
}

export interface ServedPages {
  readonly stages: readonly Stage[];
  /** For the runtime, after the program's own files. */
  readonly copies: readonly Step[];
  readonly advice: readonly Advice[];
}

const OWN_BUILDS = /^((pre|post)?(build|install|prepare)|heroku-postbuild)(:\w+)?$/;

/** What a program of the root serves of another package, which is no member and which none of its own scripts builds. */
export function servedPages({ project, builds }: App, outcome: ServerOutcome): ServedPages {
  const none = { stages: [], copies: [], advice: [] };
  const { inventory, app, members } = project;
  if (app.folder !== '' || members.length > 0 || !runsOwnSource(outcome)) return none;
  const own = [
    ...Object.entries(app.json.scripts).flatMap(([name, text]) => (OWN_BUILDS.test(name) ? [text] : [])),
    ...builds.map((part) => commandBehind(project, app, part)),
  ];
  const texts = sourcesOf(project, outcome.argv).map((source) => source.text);
  const found = frontEndsServed(inventory, texts).find(({ folder }) => !own.some((text) => text.includes(folder)));
  const built = found && assetStage(inventory, { folder: found.folder, scripts: found.scripts });
  if (!built) return none;
  return {
    stages: [built.stage],
    copies: [
      {
        kind: 'copy',
        from: built.stage.name,
        sources: [`${built.root}/${found.output}/`],
        to: `${APP_ROOT}/${found.output}/`,
        why: 'pages that the program gives out',
      },
    ],
    advice: built.advice,
  };
}
