import { baseName, joinPath, parentOf, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import type { Rejected } from '../language.ts';
import { cmakeMakesLibrary, cmakeTargets } from './cmake.ts';
import { makeTargets } from './makefile.ts';
import { mesonTargets } from './meson.ts';

/** How a C or C++ project is built, and the programs that its build files name. */

export type BuildSystem = 'cmake' | 'meson' | 'autotools' | 'make' | 'compiler';

export interface Target {
  readonly name: string;
  readonly file: string;
  readonly line?: number;
  /** The build files have it installed or packaged: it is made to be run. */
  readonly installed?: true;
}

export interface CppProject {
  readonly inventory: Inventory;
  readonly system: BuildSystem;
  /** The file that says so. */
  readonly file: string;
  readonly name: string;
  readonly targets: readonly Target[];
  /** `compiler` only: the files that are compiled together. */
  readonly sources: readonly string[];
  /** The build files' text, for what they look for. */
  readonly texts: readonly { readonly path: string; readonly text: string }[];
  readonly cxx: boolean;
}

const SOURCE = /\.(c|cc|cpp|cxx|c\+\+)$/i;
export const isCppSource = (path: string): boolean => SOURCE.test(path);
export const isCppText = (path: string): boolean => /\.(c|cc|cpp|cxx|h|hh|hpp|hxx|ipp)$/i.test(path);

/** Folders whose programs are for developing, or others' code. */
const ASIDE =
  /(^|\/)(\.[^/]*|build[^/]*|_build|out|cmake-build-[^/]*|tests?|testing|unittests?|examples?|samples?|demos?|bench(marks?)?|fuzz[^/]*|third[_-]?party|3rdparty|extern(al)?s?|deps|vendor|submodules|subprojects|libs?|node_modules|docs?|tools|scripts)\//i;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;

const PLAIN = ['', 'src', 'source'];

function textsOf(inventory: Inventory, fits: (path: string) => boolean): { path: string; text: string }[] {
  return inventory
    .files((path) => fits(path) && !ASIDE.test(path))
    .flatMap((path) => {
      const text = inventory.text(path);
      return text === undefined ? [] : [{ path, text }];
    });
}

const MAIN = /^[ \t]*(?:(?:int|void|auto|extern\s+"C"\s+int)\s+)(?:[A-Z_]+\s+)?w?main\s*\(/m;

/** `shop_cli` and `shop-test` are: programs beside `shop`. */
const isNamedAfter = (name: string, first: string): boolean =>
  name.startsWith(first) && /^[_-]/.test(name.slice(first.length));

/** Source files without a build file: those of one folder, where one of them has a main function. */
function plainSources(inventory: Inventory): { sources: string[]; main: string } | undefined {
  for (const folder of PLAIN) {
    const files = inventory
      .names(folder)
      .map((name) => joinPath(folder, name))
      .filter((path) => isCppSource(path) && inventory.isFile(path));
    const mains = files.filter((path) => MAIN.test(inventory.text(path) ?? ''));
    const stem = (path: string): string => path.replace(/\.\w+$/, '');
    const main =
      mains.find((path) => /(^|\/)main\.[^/]*$/.test(path)) ??
      mains.find((path) => mains.every((other) => other === path || isNamedAfter(stem(other), stem(path))));
    if (main === undefined) continue;
    return { main, sources: [main, ...files.filter((path) => path !== main && !mains.includes(path))] };
  }
  return undefined;
}

function systemOf(inventory: Inventory): { system: BuildSystem; file: string } | undefined {
  const found = (file: string, system: BuildSystem) => (inventory.isFile(file) ? [{ system, file }] : []);
  const hasCode = inventory.files((path) => isCppText(path)).length > 0 || !inventory.complete;
  if (!hasCode) return undefined;
  return [
    ...found('CMakeLists.txt', 'cmake'),
    ...found('meson.build', 'meson'),
    ...['configure.ac', 'configure.in', 'configure', 'autogen.sh'].flatMap((file) => found(file, 'autotools')),
    ...['GNUmakefile', 'makefile', 'Makefile'].flatMap((file) => found(file, 'make')),
  ][0];
}

const autotoolsTargets = (texts: readonly { path: string; text: string }[]): Target[] =>
  texts.flatMap(({ path, text }) =>
    [...text.replaceAll('\\\n', ' ').matchAll(/^(?:bin|sbin)_PROGRAMS\s*\+?=\s*(.*)$/gm)].flatMap((m) =>
      (m[1] ?? '')
        .split(/\s+/)
        .filter((name) => NAME.test(name))
        .map((name) => ({ name, file: path })),
    ),
  );

const BUILD_FILE =
  /(^|\/)(CMakeLists\.txt|[^/]*\.cmake|meson\.build|meson_options\.txt|configure\.(ac|in)|Makefile\.(am|in)|GNUmakefile|[Mm]akefile)$/;
export const isBuildFile = (path: string): boolean => BUILD_FILE.test(path);

/** Reads a project; undefined where nothing in it is C or C++. */
export function readCppProject(inventory: Inventory, asked: string | undefined): CppProject | undefined {
  const found = systemOf(inventory);
  const all = textsOf(inventory, isBuildFile);
  const plain = found ? undefined : plainSources(inventory);
  const cxx = inventory.files((path) => /\.(cc|cpp|cxx|c\+\+|hpp|hxx)$/i.test(path) && !ASIDE.test(path)).length > 0;
  if (!found) {
    if (!plain) return undefined;
    const name = asked ?? baseName(plain.main).replace(/\.[^.]*$/, '');
    const target = { name, file: plain.main };
    return {
      inventory,
      system: 'compiler',
      file: plain.main,
      name,
      targets: [target],
      sources: plain.sources,
      texts: [],
      cxx,
    };
  }
  const texts = all.filter(({ path }) => (found.system === 'cmake' ? /CMakeLists\.txt$|\.cmake$/.test(path) : true));
  const { system, file } = found;
  const read =
    system === 'cmake'
      ? cmakeTargets(texts)
      : system === 'meson'
        ? mesonTargets(texts)
        : system === 'autotools'
          ? {
              name: /AC_INIT\(\s*\[?([\w.+-]+)/.exec(inventory.text('configure.ac') ?? '')?.[1],
              targets: autotoolsTargets(texts),
            }
          : makeTargets(inventory.text(file) ?? '', file);
  const targets = read.targets.filter((t) => NAME.test(t.name));
  return { inventory, system, file, name: read.name ?? 'app', targets, sources: [], texts, cxx };
}

export interface ChosenTarget {
  readonly target: Target;
  readonly from: Evidence;
  readonly rejected: readonly Rejected[];
}

const evidence = ({ file, line }: Target, why: string): Evidence => ({
  file,
  ...(line === undefined ? {} : { line }),
  why,
});

const TEST = /(^|[_-])(tests?|tester|unittests?|benchmarks?|bench|examples?|demo|fuzz(er|ing)?)([_-]|$)/i;
const USUAL = ['server', 'app', 'main', 'api', 'web'];

/** Programs that test what the project is made for, a library, are none to run. */
const makesLibrary = ({ system, texts }: CppProject): boolean =>
  system === 'meson'
    ? texts.some(({ text }) => /\b(?:static_|shared_|both_)?librar(?:y|ies)\s*\(/.test(text))
    : system === 'cmake' && texts.some(({ text }) => cmakeMakesLibrary(text));

/** The program to run: the one that the command names, else by the first rule that fits exactly one. */
export function chooseTarget(project: CppProject, words: readonly string[]): ChosenTarget | undefined {
  const unique = [...new Map(project.targets.map((t) => [t.name, t])).values()];
  const asked = unique.find((t) => words.includes(t.name));
  if (asked) return { target: asked, from: evidence(asked, 'the command names it'), rejected: [] };
  const meant = unique.filter((t) => t.installed === true || !TEST.test(t.name));
  if (meant.length === 0 && makesLibrary(project)) return undefined;
  const targets = meant.length > 0 ? meant : unique;
  const rules: readonly (readonly [string, (t: Target) => boolean])[] = [
    ['the only program', () => true],
    ['the only program that is installed', (t) => t.installed === true],
    ['the program that the project is named after', (t) => t.name.toLowerCase() === project.name.toLowerCase()],
    ['the only program of the root’s build file', (t) => parentOf(t.file) === ''],
    [
      'the program that the others are named after',
      (t) => targets.every((o) => o === t || isNamedAfter(o.name, t.name)),
    ],
    ...USUAL.map((usual): readonly [string, (t: Target) => boolean] => [
      `of several programs, the one called ${usual}`,
      (t) => t.name === usual,
    ]),
  ];
  for (const [why, fits] of rules) {
    const [target, another] = targets.filter(fits);
    if (!target || another) continue;
    const rejected = unique
      .filter((t) => t !== target)
      .map((t): Rejected => ({ value: t.name, from: evidence(t, `${target.name} is ${why}`) }));
    return { target, from: evidence(target, why), rejected };
  }
  // A Makefile may say in no way that can be read what it makes: the build looks for it.
  if (targets.length === 0 && (project.system === 'make' || project.system === 'autotools')) {
    const target = { name: NAME.test(project.name) ? project.name : 'app', file: project.file };
    return { target, from: evidence(target, 'the program that the build makes'), rejected: [] };
  }
  return undefined;
}

/** The source that a program may be made of: all of the project's own. */
export const ownSource = (inventory: Inventory): string[] =>
  inventory.files((path) => isCppText(path) && !ASIDE.test(path)).slice(0, 2000);
