import { baseName, joinPath, type Inventory } from '../inventory/inventory.ts';
import { weights, type Language, type Sign } from '../languages/language.ts';
import { Problem } from '../problems/problem.ts';
import { otherLanguage, otherProblem } from './other-languages.ts';

/**
 * Which language a folder is written in: the one with the heaviest evidence, never the first of a list. Where
 * two weigh the same, it is the one that has a program to run; where both have, the answer is the tie itself.
 */

export interface Candidate {
  readonly language: string;
  readonly weight: number;
  readonly signs: readonly Sign[];
}

/** All languages with any evidence in this folder, heaviest first; equal ones by name. */
export function weigh(inventory: Inventory, languages: readonly Language[]): Candidate[] {
  return languages
    .map((language) => {
      const signs = language.detect(inventory);
      return { language: language.id, weight: signs.reduce((sum, s) => sum + s.weight, 0), signs };
    })
    .filter((c) => c.weight > 0)
    .sort(heaviestFirst);
}

const heaviestFirst = (a: Candidate, b: Candidate): number => b.weight - a.weight || (a.language < b.language ? -1 : 1);

const languageOf = ({ language }: Candidate, languages: readonly Language[]): Language | undefined =>
  languages.find((l) => l.id === language);

/** What a language makes of a folder, as far as its files tell; nothing where they are broken, of which its plan speaks. */
function workloadOf(candidate: Candidate, inventory: Inventory, languages: readonly Language[]): unknown {
  try {
    const { findings } = languageOf(candidate, languages)?.infer({ inventory, member: '' }) ?? { findings: [] };
    return findings.find((f) => f.at === '/workload')?.value;
  } catch {
    return undefined;
  }
}

/** With a manifest of its own, a language is not in a folder by chance. */
const isTold = ({ weight }: Candidate): boolean => weight >= weights.manifest;

const withSign = (candidate: Candidate, reason: string): Candidate => {
  const sign = { path: candidate.signs[0]?.path ?? '', weight: weights.program, reason };
  return { ...candidate, weight: candidate.weight + sign.weight, signs: [...candidate.signs, sign] };
};

/** Where two languages have a manifest each, files that the one builds are for the other’s program to serve. */
function withServices(candidates: readonly Candidate[], workload: (c: Candidate) => unknown): Candidate[] {
  const told = candidates.filter(isTold);
  const heaviest = told.filter((c) => c.weight === told[0]?.weight);
  const site = told.length < 2 ? undefined : heaviest.find((c) => workload(c) === 'static');
  return candidates.map((candidate) =>
    site && isTold(candidate) && workload(candidate) === 'service'
      ? withSign(candidate, `a program that serves, beside files of ${site.language}`)
      : candidate,
  );
}

/** How much a folder is there for what a language makes of it; nothing for what cannot be run. */
const RANK: Readonly<Record<string, number>> = { service: 3, worker: 2, static: 1, job: 1 };

/** Of languages that weigh the same, the one whose program the folder is there for; the others are called by it, or are tools. */
function withPrograms(candidates: readonly Candidate[], workload: (c: Candidate) => unknown): Candidate[] {
  const tied = candidates.filter((c) => isTold(c) && c.weight === candidates[0]?.weight);
  if (tied.length < 2) return [...candidates];
  const ranked = tied.map((c) => ({ candidate: c, rank: RANK[String(workload(c))] ?? 0 }));
  const most = Math.max(...ranked.map(({ rank }) => rank));
  const first = ranked.filter(({ rank }) => rank === most);
  return candidates.map((candidate) =>
    first.length === 1 && candidate === first[0]?.candidate
      ? withSign(candidate, 'a program to run, which the others have not')
      : candidate,
  );
}

/** The languages of a folder, heaviest first, with what tells between those that weigh the same. */
function candidatesIn(inventory: Inventory, languages: readonly Language[]): Candidate[] {
  const known = new Map<string, unknown>();
  const workload = (candidate: Candidate): unknown => {
    const { language } = candidate;
    if (!known.has(language)) known.set(language, workloadOf(candidate, inventory, languages));
    return known.get(language);
  };
  const served = withServices(weigh(inventory, languages), workload).sort(heaviestFirst);
  return withPrograms(served, workload).sort(heaviestFirst);
}

/** A folder that can be built on its own. */
export interface App {
  /** Relative to the project; '' is its root. */
  readonly path: string;
  readonly candidates: readonly Candidate[];
}

/** Folders that never hold an app of the project: others' code, build output, tests, examples. */
const NOT_APPS =
  /^(\..*|node_modules|vendor|third_party|dist|build|out|target|tests?|spec|__tests__|fixtures|examples?|docs?|scripts|tools|static|public|assets|templates|migrations|e2e)$/;
const APP_DEPTH = 3;

/** Apps below a root that is none itself: the shallowest folders with a language, not looking inside one found. */
function appsBelow(inventory: Inventory, languages: readonly Language[], directory = '', depth = 0): App[] {
  if (depth >= APP_DEPTH) return [];
  return inventory.names(directory).flatMap((name): App[] => {
    const path = joinPath(directory, name);
    if (NOT_APPS.test(name) || inventory.entry(path)?.kind !== 'directory') return [];
    const candidates = candidatesIn(inventory.at(path), languages);
    return candidates.length > 0 ? [{ path, candidates }] : appsBelow(inventory, languages, path, depth + 1);
  });
}

/** A root whose evidence is weaker than this (a stray source file) gives way to apps in folders below it. */
const ROOT_IS_APP = 20;

/** A folder of scripts is no app beside folders that are one. */
function withoutStray(apps: readonly App[]): App[] {
  const telling = apps.filter((app) => (app.candidates[0]?.weight ?? 0) >= weights.source);
  return telling.length > 0 ? telling : [...apps];
}

/** The folders that a language can run; none where files are broken, of which its plan speaks. */
function runnableIn(language: Language, inventory: Inventory): readonly string[] {
  try {
    return language.apps?.(inventory) ?? [];
  } catch {
    return [];
  }
}

/** Beside folders that a language can run, its others are their libraries and tests. */
function withoutParts(apps: readonly App[], inventory: Inventory, languages: readonly Language[]): App[] {
  const languageIn = (app: App): Language | undefined => app.candidates[0] && languageOf(app.candidates[0], languages);
  const runnable = new Map(
    [...new Set(apps.map(languageIn))].map((l) => [l, l ? runnableIn(l, inventory) : []] as const),
  );
  const runs = (app: App): boolean =>
    runnable.get(languageIn(app))?.some((path) => path === app.path || path.startsWith(`${app.path}/`)) ?? false;
  const led = new Set(apps.filter(runs).map(languageIn));
  return apps.filter((app) => runs(app) || !led.has(languageIn(app)));
}

/** A member's own evidence; where its folder has none, as with sbt, that of the workspace which names it. */
function memberCandidates(member: Inventory, languages: readonly Language[], workspace: Candidate): Candidate[] {
  const own = candidatesIn(member, languages);
  return own.length > 0 ? own : [workspace];
}

/** Every app of the project: the root, where it is one, and the members of its workspace; else the folders below. */
export function findApps(inventory: Inventory, languages: readonly Language[]): App[] {
  const atRoot = candidatesIn(inventory, languages);
  const [best] = atRoot;
  if (!best) return withoutParts(withoutStray(appsBelow(inventory, languages)), inventory, languages);
  const below = best.weight < ROOT_IS_APP ? withoutStray(appsBelow(inventory, languages)) : [];
  if (below.some((app) => (app.candidates[0]?.weight ?? 0) > best.weight)) return below;
  const inWorkspace = membersOf(atRoot, inventory, languages);
  if (!isApp(best, inventory, languages)) {
    const program = atRoot.find(
      (c) => isTold(c) && isApp(c, inventory, languages) && workloadOf(c, inventory, languages) === 'service',
    );
    if (program) return [{ path: '', candidates: [program] }, ...inWorkspace];
    const others = inWorkspace.length > 0 ? inWorkspace : appsBelow(inventory, languages);
    if (others.length > 0) return others;
  }
  return [{ path: '', candidates: atRoot }, ...inWorkspace];
}

const isApp = (candidate: Candidate, inventory: Inventory, languages: readonly Language[]): boolean =>
  languageOf(candidate, languages)?.isApp?.(inventory) !== false;

/** The members of all workspaces that the root holds: those of the language that it is in, and of others with a manifest. */
function membersOf(atRoot: readonly Candidate[], inventory: Inventory, languages: readonly Language[]): App[] {
  const found = atRoot
    .filter((candidate, i) => i === 0 || isTold(candidate))
    .flatMap((workspace) => {
      const paths = languageOf(workspace, languages)?.apps?.(inventory) ?? [];
      return paths.filter((path) => path !== '').map((path) => ({ path, workspace }));
    });
  return found
    .filter(({ path }, i) => found.findIndex((other) => other.path === path) === i)
    .map(({ path, workspace }) => ({ path, candidates: memberCandidates(inventory.at(path), languages, workspace) }));
}

const listed = (items: readonly string[]): string => items.map((item) => `"${item}"`).join(', ');

/** The one language of a folder. Throws `no-language` or `ambiguous-language`, naming what would settle it. */
export function chooseLanguage(app: App, languages: readonly Language[], asked: string | undefined): Language {
  if (asked !== undefined) {
    const language = languages.find((l) => l.id === asked);
    if (language) return language;
    throw new Problem('not-plannable', {
      detail: `There is no language "${asked}".`,
      hint: `Those there are: ${languages.map((l) => l.id).join(', ')}. GET /v1/languages describes them.`,
    });
  }
  const [first, second] = app.candidates;
  if (!first) throw noLanguage(languages, []);
  if (second && second.weight === first.weight) {
    const tied = app.candidates.filter((c) => c.weight === first.weight);
    throw new Problem('ambiguous-language', {
      detail: `${tied.map((c) => `${c.language} (${c.signs.map((s) => s.path).join(', ')})`).join(' and ')} weigh the same${app.path === '' ? '' : ` in ${app.path}`}.`,
      hint: `Say which it is: "language": "${first.language}" in the manifest or in dockwright.yaml, or ?language=${first.language}.`,
      members: { candidates: tied },
    });
  }
  const chosen = languages.find((l) => l.id === first.language);
  if (!chosen) throw noLanguage(languages, []);
  return chosen;
}

function noLanguage(languages: readonly Language[], names: readonly string[]): Problem {
  const looked = languages.flatMap((l) => l.facts.detectedBy.slice(0, 2));
  return new Problem('no-language', {
    detail: `No file tells which language the project is written in${names.length > 0 ? `: its root holds ${names.join(', ')}` : ''}.`,
    hint: `Looked for ${looked.join(', ')} and the like, in the root and ${APP_DEPTH} levels below. Send the folder that holds them, name it with ?app=, or say "language" in the manifest.`,
    members: { languages: languages.map((l) => l.id) },
  });
}

/** The app to build. Throws `no-language`, `unknown-app`, or `ambiguous-app` with the list to choose from. */
export function chooseApp(
  inventory: Inventory,
  languages: readonly Language[],
  apps: readonly App[],
  asked: string | undefined,
): App {
  if (asked !== undefined && asked !== '') {
    const found = apps.find((app) => app.path === asked);
    if (found) return found;
    if (inventory.isDirectory(asked)) return { path: asked, candidates: candidatesIn(inventory.at(asked), languages) };
    throw new Problem('unknown-app', {
      detail: `The project has no folder "${asked}".`,
      hint:
        apps.length > 0
          ? `Apps found: ${listed(apps.map((a) => a.path))}.`
          : 'Give the path of the app below the project’s root.',
      members: { apps: apps.map((a) => a.path) },
    });
  }
  const [first, ...others] = apps;
  const other = (first?.candidates[0]?.weight ?? 0) < ROOT_IS_APP ? otherLanguage(inventory) : undefined;
  if (other && (!first || (other.sure && others.length === 0)))
    throw otherProblem(
      other,
      languages.map((l) => l.id),
    );
  if (!first) throw noLanguage(languages, inventory.names('').slice(0, 12).map(baseName));
  if (first.path === '' || others.length === 0) return first;
  const paths = apps.map((a) => a.path);
  throw new Problem('ambiguous-app', {
    detail: `The repository holds ${apps.length} apps: ${listed(paths)}.`,
    hint: `Choose one with ?app=${paths[0] ?? ''}, or "app" in the manifest.`,
    members: { apps: apps.map((a) => ({ path: a.path, language: a.candidates[0]?.language })) },
  });
}
