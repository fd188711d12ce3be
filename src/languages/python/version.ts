import { parse as parseToml } from 'smol-toml';
import * as z from 'zod';
import { cycleOf, cyclesOf, defaultCycle, isSupported, lifeOf } from '../../images/catalogue.ts';
import { joinPath, parentOf, type Inventory } from '../../inventory/inventory.ts';
import type { Advice, Evidence } from '../../plan/plan.ts';
import type { Rejected } from '../language.ts';
import { chooseVersion, type ChosenVersion, type VersionSource } from '../runtime-version.ts';
import { officialLine, ownImages, type ReadImage } from '../own-image.ts';
import { toolVersions, versionText } from '../version-files.ts';
import { alternativesOf, fitsAny } from './constraint.ts';
import type { PythonProject } from './project.ts';
import { setupPython } from './setup-file.ts';
import { wheelBound, type WheelBound } from './wheels.ts';

const PRODUCT = 'python';

export const versionOrder = [
  'runtime (manifest)',
  '.python-version',
  '.tool-versions',
  'mise.toml',
  'runtime.txt',
  'Pipfile',
  'FROM in the project’s own Dockerfile, while the release line is supported',
  'requires-python (pyproject.toml), python (Poetry), python_requires (setup.py)',
  'the newest Python that the locked or pinned packages have wheels for',
  'FROM in the project’s own Dockerfile, of whatever age',
];

const VERSION_FILES = /(^|\/)(\.python-version|\.tool-versions|\.?mise\.toml|\.config\/mise\.toml|runtime\.txt)$/;
export const isVersionFile = (path: string): boolean => VERSION_FILES.test(path);

const minorOf = (version: string): number => Number(version.split('.')[1]?.replace(/t$/, '') ?? 0);

/** Marks a constraint in a source's text, beside plain versions. */
const RANGE = 'range ';

const shown = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ').slice(0, 80);

/** The release line for a constraint, at most as new as the wheels allow; else as if there were none. */
function lineFitting(alternatives: readonly string[], bound: WheelBound | undefined): string | undefined {
  const exact = alternatives.length === 1 ? /^===?(3\.\d+\.\d+)$/.exec(alternatives[0] ?? '')?.[1] : undefined;
  if (exact !== undefined) return exact;
  const fitting = cyclesOf(PRODUCT).filter(({ cycle, latest }) => {
    const full = latest ?? cycle;
    return cycle.startsWith('3.') && (fitsAny(full, alternatives) || fitsAny(`${cycle}.0`, alternatives));
  });
  const bounded = fitting.filter(({ cycle }) => bound === undefined || minorOf(cycle) <= bound.minor);
  const released = (list: typeof fitting) => list.find((c) => isSupported(c)) ?? list[0];
  return (bounded.find((c) => isSupported(c)) ?? bounded[0] ?? released(fitting))?.cycle;
}

/** A version as pyenv, asdf, mise, Heroku and people write it, as an image's tag. */
export function readVersion(text: string): string | undefined {
  const plain = text
    .trim()
    .replace(/^(c?python)[-@ ]?/i, '')
    .replace(/^(==|v)/, '');
  if (/^(latest|stable|3|3\.x|\*)$/.test(plain)) return defaultCycle(PRODUCT)?.cycle;
  const [, line, patch, threads = ''] =
    /^(\d+\.\d+)(?:\.(\d+|x|\*))?(t|-freethreaded|\+freethreaded)?$/.exec(plain) ?? [];
  const cycle = line === undefined ? undefined : cyclesOf(PRODUCT).find((c) => c.cycle === line);
  if (!cycle) return undefined;
  if (threads !== '') return minorOf(cycle.cycle) >= 13 ? `${cycle.cycle}t` : undefined;
  const newest = Number(cycle.latest?.split('.')[2] ?? Number.POSITIVE_INFINITY);
  return patch === undefined || !/^\d+$/.test(patch) || Number(patch) > newest
    ? cycle.cycle
    : `${cycle.cycle}.${patch}`;
}

/** The first line that says something. A version file may list several; the first is the default. https://github.com/pyenv/pyenv#understanding-python-version-selection */
function versionFile(inventory: Inventory, file: string): VersionSource[] {
  const lines = (inventory.text(file) ?? '').split(/\r?\n/);
  const at = lines.findIndex((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  const text = lines[at]?.replace(/#.*$/, '').trim().split(/\s+/)[0];
  return text === undefined
    ? []
    : [{ text: shown(text), from: { file, line: at + 1, why: `${file} says ${shown(text)}` } }];
}

const miseFile = z.looseObject({
  tools: z.looseObject({ python: versionText.optional(), uv: versionText.optional() }).optional().catch(undefined),
  env: z.record(z.string(), z.unknown()).optional().catch(undefined),
  settings: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

function readMise(inventory: Inventory, file: string): z.infer<typeof miseFile> | undefined {
  const text = inventory.text(file);
  if (text === undefined) return undefined;
  try {
    return miseFile.parse(parseToml(text));
  } catch {
    return undefined;
  }
}

/** mise builds a Python without the GIL where its settings ask for it. https://mise.jdx.dev/lang/python.html */
const isFreeThreaded = (file: z.infer<typeof miseFile>): boolean =>
  /^"?(1|true)"?$/.test(JSON.stringify(file.env?.['PYTHON_BUILD_FREE_THREADING'] ?? 0)) ||
  JSON.stringify(file.settings ?? {}).includes('freethreaded');

function mise(inventory: Inventory, file: string): VersionSource[] {
  const content = readMise(inventory, file);
  const text = content?.tools?.python;
  if (content === undefined || text === undefined || text === '') return [];
  const plain = isFreeThreaded(content) ? `${readVersion(text) ?? text}t` : text;
  return [{ text: shown(plain), from: { file, why: `python = "${shown(plain)}" in ${file}` } }];
}

const MISE_FILES = ['mise.toml', '.mise.toml', '.config/mise.toml'];

/** Places that name a version outright, in order; those of the app's folder before those of the workspace's root. */
function namedVersions({ inventory, folder, pipfile }: PythonProject): VersionSource[] {
  const folders = folder === '' ? [''] : [folder, ...ancestors(folder)];
  const inAll = (read: (at: string) => VersionSource[]): VersionSource[] => folders.flatMap(read);
  const pip = pipfile?.requires?.python_full_version ?? pipfile?.requires?.python_version;
  return [
    ...inAll((at) => versionFile(inventory, joinPath(at, '.python-version'))),
    ...inAll((at) => toolVersions(inventory, joinPath(at, '.tool-versions'), ['python'])),
    ...inAll((at) => MISE_FILES.flatMap((name) => mise(inventory, joinPath(at, name)))),
    ...versionFile(inventory, joinPath(folder, 'runtime.txt')),
    ...(pip === undefined
      ? []
      : [
          {
            text: shown(pip),
            from: { file: joinPath(folder, 'Pipfile'), why: `Pipfile requires Python ${shown(pip)}` },
          },
        ]),
  ];
}

function ancestors(folder: string): string[] {
  const all: string[] = [];
  for (let at = folder; at !== '';) {
    at = parentOf(at);
    all.push(at);
  }
  return all;
}

interface Range {
  readonly alternatives: readonly string[];
  readonly text: string;
  readonly from: Evidence;
  /** The installer refuses to work with a version outside of it. */
  readonly enforced: boolean;
}

function rangesOf({ inventory, folder, pyproject, manager, pipSource, workspace }: PythonProject): Range[] {
  const enforced =
    manager === 'uv' || manager === 'poetry' || manager === 'pdm' || pipSource === 'pyproject' || pipSource === 'setup';
  const file = joinPath(folder, 'pyproject.toml');
  const requires =
    pyproject?.project?.['requires-python'] ??
    workspace?.members.find((m) => m.folder === '')?.pyproject.project?.['requires-python'];
  const poetry = pyproject?.tool?.poetry?.dependencies?.['python'];
  const setup = setupPython(inventory, folder);
  const range = (text: string, from: Evidence): Range => ({
    alternatives: alternativesOf(text),
    text: shown(text),
    from,
    enforced,
  });
  return [
    ...(requires === undefined ? [] : [range(requires, { file, why: `requires-python is ${shown(requires)}` })]),
    ...(typeof poetry === 'string' ? [range(poetry, { file, why: `Poetry’s python is ${shown(poetry)}` })] : []),
    ...(setup === undefined
      ? []
      : [range(setup.text, { file: setup.file, why: `python_requires is ${shown(setup.text)}` })]),
  ];
}

const fullVersion = (version: string): string => {
  const plain = version.replace(/t$/, '');
  return plain.split('.').length > 2 ? plain : (cycleOf(PRODUCT, plain)?.latest ?? plain);
};

/** Images of uv have the Python's release behind their own. https://docs.astral.sh/uv/guides/integration/docker/#available-images */
const inImage: ReadImage = (name, tag) =>
  name === 'uv' ? /(?:^|-)python(\d+\.\d+)/.exec(tag)?.[1] : officialLine('python', 2)(name, tag);

const isKept = ({ text }: VersionSource): boolean => {
  const cycle = cycleOf(PRODUCT, text);
  return cycle !== undefined && isSupported(cycle);
};

/** The Python of a project, and what it beat. */
export function pythonVersion(project: PythonProject): ChosenVersion {
  const ranges = rangesOf(project);
  const bound = wheelBound(project.packages.values());
  const enforced = ranges.find((range) => range.enforced);
  const ruledOut: Rejected[] = [];
  const images = ownImages(project.inventory, project.folder, inImage);
  const named = [...namedVersions(project), ...images.filter(isKept)].filter(({ text, from }) => {
    const version = readVersion(text);
    if (!enforced || version === undefined || fitsAny(fullVersion(version), enforced.alternatives)) return true;
    ruledOut.push({ value: version, from: { ...from, why: `${enforced.from.why}, which rules it out` } });
    return false;
  });
  const sources: VersionSource[] = [
    ...named,
    ...ranges.map(({ text, from }) => ({
      text: `${RANGE}${text}`,
      from: bound === undefined ? from : { ...from, why: `${from.why}; ${boundWhy(bound)}` },
    })),
    ...(bound === undefined
      ? []
      : [
          {
            text: RANGE,
            from: {
              ...(project.lock ? { file: project.lock.file } : { file: project.from.file ?? '' }),
              why: boundWhy(bound),
            },
          },
        ]),
    ...images.filter((image) => !isKept(image)),
  ];
  const chosen = chooseVersion(PRODUCT, sources, (text) =>
    text.startsWith(RANGE) ? lineFitting(alternativesOf(text.slice(RANGE.length)), bound) : readVersion(text),
  );
  return { ...chosen, rejected: [...ruledOut, ...chosen.rejected] };
}

const boundWhy = ({ name, version, minor }: WheelBound): string =>
  `${name} ${shown(version)} is made for Python up to 3.${minor}`;

/** The line below an upper bound, as in `>=0.6,<0.7`: the newest that the range can hold. Undefined where it holds newer ones. */
function cappedLine(range: string): string | undefined {
  const [, major, minor, patch] = /<\s*(\d+)\.(\d+)(?:\.(\d+))?\s*(?:,|$)/.exec(range) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  if (Number(patch ?? 0) > 0) return `${major}.${minor}.${Number(patch) - 1}`;
  return Number(minor) > 0 ? `${major}.${Number(minor) - 1}` : undefined;
}

/** The version of uv that the project asks for, as far as an image tag can say it. */
export function uvVersion({
  inventory,
  folder,
  pyproject,
}: PythonProject): { tag: string; from: Evidence } | undefined {
  const range = pyproject?.tool?.uv?.['required-version']?.trim() ?? '';
  const required = /^(?:==|~=)?\s*(\d+\.\d+(?:\.\d+)?)$/.exec(range)?.[1] ?? cappedLine(range);
  if (required !== undefined)
    return { tag: required, from: { file: joinPath(folder, 'pyproject.toml'), why: 'required-version of [tool.uv]' } };
  for (const at of [folder, '']) {
    const file = joinPath(at, '.tool-versions');
    const line = /^[ \t]*uv\s+(\d+\.\d+(?:\.\d+)?)\s*$/m.exec(inventory.text(file) ?? '')?.[1];
    if (line !== undefined) return { tag: line, from: { file, why: `uv ${line}` } };
    for (const name of MISE_FILES) {
      const text = readMise(inventory, joinPath(at, name))?.tools?.uv;
      if (text !== undefined && /^\d+\.\d+(\.\d+)?$/.test(text))
        return { tag: text, from: { file: joinPath(at, name), why: `uv = "${text}"` } };
    }
  }
  return undefined;
}

export function versionAdvice(project: PythonProject, version: string): Advice[] {
  const { state, eol } = lifeOf(PRODUCT, version.replace(/t$/, ''));
  const newest = defaultCycle(PRODUCT)?.cycle ?? '3';
  const advice: Advice[] = [];
  if (state === 'ended') {
    advice.push({
      code: 'runtime-end-of-life',
      detail: `Python ${version} has had no security fixes since ${eol ?? 'long ago'}.`,
      hint: `The newest is ${newest}: say so in .python-version or in requires-python, and lock the dependencies anew.`,
    });
  } else if (state === 'ending') {
    advice.push({
      code: 'runtime-near-end-of-life',
      detail: `Python ${version} gets security fixes until ${eol ?? ''} only.`,
      hint: `The newest is ${newest}.`,
    });
  }
  const broken = rangesOf(project).find((range) => !fitsAny(fullVersion(version), range.alternatives));
  if (broken) {
    advice.push({
      code: 'version-conflict',
      detail: `Python ${version} is outside of what the project asks for: ${broken.from.why}.`,
      ...(broken.from.file === undefined ? {} : { file: broken.from.file }),
    });
  }
  return advice;
}

/** Whether a full version is within all that the project states as a range. */
export const fitsRanges = (project: PythonProject, version: string): boolean =>
  rangesOf(project).every(({ alternatives }) => fitsAny(version, alternatives));
