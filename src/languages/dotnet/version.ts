import JSON5 from 'json5';
import * as z from 'zod';
import { cycleOf, cyclesOf, isSupported, lifeOf } from '../../images/catalogue.ts';
import type { Advice, ImageRef } from '../../plan/plan.ts';
import { Problem } from '../../problems/problem.ts';
import { chooseVersion, type ChosenVersion, type VersionSource } from '../runtime-version.ts';
import { nearestFile, type DotnetProject } from './project-file.ts';
import type { Solution } from './solution.ts';
import { tableOf } from '../../plan/table.ts';

const PRODUCT = 'dotnet';

/** `net8.0`, `netcoreapp3.1`; the framework of Windows and the standards for libraries are none of these. */
function versionOfFramework(moniker: string): string | undefined {
  return /^net(?:coreapp)?(\d+\.\d+)$/.exec(moniker.trim().toLowerCase())?.[1];
}

const isModern = (version: string): boolean => !version.startsWith('4.');

/** As the catalogue has it: `10`, `3.1`. */
const cycleName = (version: string): string =>
  version.replace(/^(\d+)\.0$/, (all, major: string) => (Number(major) >= 5 ? major : all));

/** The newest of several that is supported. */
function readFrameworks(text: string): string | undefined {
  const versions = text
    .split(';')
    .map((moniker) => versionOfFramework(moniker))
    .filter((v): v is string => v !== undefined && isModern(v))
    .sort((a, b) => Number.parseFloat(b) - Number.parseFloat(a));
  const supported = versions.find((v) => {
    const cycle = cycleOf(PRODUCT, cycleName(v));
    return cycle !== undefined && isSupported(cycle);
  });
  return supported ?? versions[0];
}

export const versionOrder: readonly string[] = [
  'runtime in the manifest',
  'TargetFramework of the project, or of Directory.Build.props',
  'TargetFrameworks: the newest that is supported',
  'sdk.version in global.json, for the SDK that builds',
];

function sourcesOf({ properties }: DotnetProject): VersionSource[] {
  return ['TargetFramework', 'TargetFrameworks'].flatMap((name) => {
    const found = properties.get(name);
    return found === undefined || found.value === '' ? [] : [{ text: found.value.slice(0, 200), from: found.from }];
  });
}

/** The release line that the project targets. Throws `not-plannable` for one that runs on Windows only. */
export function dotnetVersion(project: DotnetProject): ChosenVersion {
  const sources = sourcesOf(project);
  const fits = sources.some((s) => readFrameworks(s.text) !== undefined);
  const [stated] = sources;
  if (!fits && stated && /^(net\d+\.\d+-\w+|net[1-4]\d*)(;|$)/i.test(stated.text)) {
    throw new Problem('not-plannable', {
      detail: `${project.file} targets ${stated.text.slice(0, 60)}, which does not run on Linux.`,
      hint: 'Target net8.0 or newer, without a suffix such as "-windows".',
    });
  }
  if (!fits && project.properties.has('TargetFrameworkVersion')) {
    throw new Problem('not-plannable', {
      detail: `${project.file} is a project of the .NET Framework, which runs on Windows only.`,
      hint: 'The .NET Upgrade Assistant moves a project to a .NET that runs in Linux containers.',
    });
  }
  const chosen = chooseVersion(PRODUCT, sources, readFrameworks);
  if (Number.parseFloat(chosen.version) < 2) {
    throw new Problem('not-plannable', {
      detail: `${project.file} targets .NET Core ${chosen.version}, of which no image is left.`,
      hint: 'Target net8.0 or newer.',
    });
  }
  return {
    ...chosen,
    version: asLine(chosen.version),
    rejected: chosen.rejected.filter((r) => asLine(r.value) !== asLine(chosen.version)),
  };
}

/** As the tags have it: `10.0`. */
export const asLine = (version: string): string =>
  /^\d+$/.test(version) ? `${version}.0` : version.split('.').slice(0, 2).join('.');

const globalFile = z.looseObject({
  sdk: z.looseObject({ version: z.string().optional(), rollForward: z.string().optional() }).optional(),
});

interface Sdk {
  readonly tag: string;
  readonly why: string;
  readonly file?: string;
}

/** The last feature band of lines that get no new ones: their moving tag holds it. */
const LAST_BAND = tableOf<string>({
  '3.1': '4',
  '5.0': '4',
  '6.0': '4',
  '7.0': '4',
  '8.0': '4',
  '9.0': '3',
});

/**
 * The SDK that builds: by global.json, else that of the target. A pinned SDK takes newer patches of its feature band
 * only, so the moving tag serves where that is the last band. https://learn.microsoft.com/dotnet/core/tools/global-json
 */
export function sdkOf({ inventory }: Solution, project: DotnetProject, line: string): Sdk {
  const file = nearestFile(inventory, project.folder, 'global.json');
  let data: unknown;
  try {
    data = file === undefined ? undefined : JSON5.parse(inventory.text(file) ?? '{}');
  } catch {
    data = undefined;
  }
  const sdk = globalFile.safeParse(data).data?.sdk;
  const own = { tag: line, why: `the SDK of .NET ${line}, which the project targets` };
  const [, major = '', minor = '', band = ''] = /^(\d+)\.(\d+)\.(\d)\d\d/.exec(sdk?.version ?? '') ?? [];
  if (file === undefined || sdk?.version === undefined || major === '') return own;
  const pinned = `${major}.${minor}`;
  if (Number.parseFloat(pinned) < Number.parseFloat(line)) return own;
  const loose = !['patch', 'latestpatch', 'disable'].includes((sdk.rollForward ?? 'latestPatch').toLowerCase());
  const moving = loose || (LAST_BAND[pinned] === band && sdk.rollForward?.toLowerCase() !== 'disable');
  return { tag: moving ? pinned : sdk.version, why: `the SDK that ${file} asks for`, file };
}

const REGISTRY = 'mcr.microsoft.com/dotnet';

/** Lines whose images never moved from where .NET Core had them. https://mcr.microsoft.com/v2/dotnet/core/sdk/tags/list */
const CORE = /^(2\.2|3\.0)(?![\d.])/;

export const dotnetImage = (name: 'sdk' | 'aspnet' | 'runtime' | 'runtime-deps', tag: string): ImageRef => ({
  image: CORE.test(tag) ? `${REGISTRY}/core/${name}` : `${REGISTRY}/${name}`,
  // A program for 2.0 runs on the newest of its major line, which builds it too.
  tag: tag.replace(/^2\.0(?![\d.])/, '2.1'),
});

export function versionAdvice(line: string): Advice[] {
  const { state, eol } = lifeOf(PRODUCT, cycleName(line));
  if (state !== 'ended') return [];
  const newest = cyclesOf(PRODUCT).find((c) => isSupported(c) && c.lts !== undefined);
  return [
    {
      code: 'runtime-end-of-life',
      detail: `.NET ${line} gets no security fixes since ${eol ?? 'some time'}.`,
      hint: `Target net${newest?.cycle ?? '10'}.0 in the project file.`,
    },
  ];
}
