import { satisfies } from 'semver';
import { cycleFitting, cycleOf, cyclesOf, lifeOf, tagsOf } from '../../images/catalogue.ts';
import { debianSlim } from '../../images/known.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Advice, ImageRef } from '../../plan/plan.ts';
import { chooseVersion, type ChosenVersion, type VersionSource } from '../runtime-version.ts';
import { managedVersions, versionFile } from '../version-files.ts';
import type { MixFile } from './mix.ts';
import { tableOf } from '../../plan/table.ts';

const PRODUCT = 'elixir';

export const VERSION_FILES = ['.elixir-version', '.exenv-version', '.erlang-version', '.otp-version'];

export const versionOrder: readonly string[] = [
  'runtime in the manifest',
  '.tool-versions',
  'mise.toml',
  '.elixir-version',
  'the elixir line of mix.exs',
];

/** Marks a requirement, in a source's text. */
const RANGE = 'range:';

/** `~> 1.14` lets the minor grow, `~> 1.14.2` only the patch. https://hexdocs.pm/elixir/Version.html#module-requirements */
export function rangeOf(requirement: string): string {
  return requirement
    .split(/\s+or\s+/)
    .map((alternative) =>
      alternative
        .split(/\s+and\s+/)
        .map((part) => {
          const match = /^\s*(~>|>=|<=|==|>|<)?\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(part);
          if (!match) return '*';
          const [, operator = '==', major = '0', minor = '0', patch] = match;
          const full = `${major}.${minor}.${patch ?? '0'}`;
          if (operator === '~>')
            return patch === undefined
              ? `>=${full} <${Number(major) + 1}.0.0`
              : `>=${full} <${major}.${Number(minor) + 1}.0`;
          if (operator === '==') return patch === undefined ? `${major}.${minor}.x` : full;
          return `${operator}${full}`;
        })
        .join(' '),
    )
    .join(' || ');
}

const newest = (range: string): string | undefined =>
  cycleFitting(PRODUCT, (version) => satisfies(version, range))?.cycle;

/** Images are tagged by release lines. */
function readVersion(text: string): string | undefined {
  if (text.startsWith(RANGE)) return newest(text.slice(RANGE.length));
  const version = /^v?(\d+(?:\.\d+)?)/.exec(text)?.[1];
  if (version === undefined) return /^(latest|main)$/.test(text) ? newest('*') : undefined;
  return version.includes('.') ? version : newest(`${version}.x`);
}

/** `1.17.2-otp-27` names the Erlang as well. */
const otpSuffix = (text: string): string | undefined => /-otp-(\d+)/.exec(text)?.[1];

export interface Versions {
  readonly elixir: ChosenVersion;
  readonly otp: string;
  readonly advice: readonly Advice[];
}

/** The releases of Erlang/OTP that official images have for a line of Elixir, newest first; else what is known of old. */
function otpLines(elixir: string): number[] {
  const tagged = [...tagsOf('elixir')].flatMap((tag) => {
    const match = /^(\d+\.\d+)-otp-(\d+)$/.exec(tag);
    return match?.[1] === elixir ? [Number(match[2])] : [];
  });
  return tagged.sort((a, b) => b - a);
}

/** The newest Erlang that the lines before the catalogue's were made for. https://hexdocs.pm/elixir/compatibility-and-deprecations.html */
const OTP_OF_OLD = tableOf<string>({
  '1.15': '26',
  '1.14': '26',
  '1.13': '25',
  '1.12': '24',
  '1.11': '24',
  '1.10': '22',
});

function otpFor(elixir: string, asked: string | undefined): { otp: string; advice: Advice[] } {
  const known = otpLines(elixir);
  const [first] = known;
  const best = first === undefined ? (OTP_OF_OLD[elixir] ?? '26') : String(first);
  if (asked === undefined) return { otp: best, advice: [] };
  if (known.length === 0 || known.includes(Number(asked))) return { otp: asked, advice: [] };
  return {
    otp: best,
    advice: [
      {
        code: 'unsupported-otp',
        detail: `There is no image of Elixir ${elixir} with Erlang/OTP ${asked}; ${best} is taken.`,
        hint: `Elixir ${elixir} comes with OTP ${known.join(', ')}.`,
      },
    ],
  };
}

const majorOf = (text: string): string | undefined => /^(?:OTP-?)?(\d+)/.exec(text)?.[1];

export function versionsOf(inventory: Inventory, mix: MixFile, asked: string | undefined): Versions {
  const managed = managedVersions(inventory, 'elixir');
  const sources: VersionSource[] = [
    ...managed,
    ...versionFile(inventory, '.elixir-version'),
    ...versionFile(inventory, '.exenv-version'),
    ...(mix.elixir
      ? [
          {
            text: `${RANGE}${rangeOf(mix.elixir.requirement)}`,
            from: {
              file: 'mix.exs',
              line: mix.elixir.line,
              why: `the newest release that fits ${mix.elixir.requirement}`,
            },
          },
        ]
      : []),
  ];
  const chosen = chooseVersion(PRODUCT, sources, readVersion);
  const line = (asked ?? chosen.version).split('.').slice(0, 2).join('.');
  const erlang = [
    ...(asked === undefined ? [] : [otpSuffix(asked)]),
    ...managedVersions(inventory, 'erlang').map(({ text }) => majorOf(text)),
    ...['.erlang-version', '.otp-version'].flatMap((file) =>
      versionFile(inventory, file).map(({ text }) => majorOf(text)),
    ),
    ...managed.map(({ text }) => otpSuffix(text)),
  ].find((version) => version !== undefined);
  const { otp, advice } = otpFor(line, erlang);
  return {
    elixir: { ...chosen, rejected: chosen.rejected.filter((r) => r.value !== chosen.version) },
    otp,
    advice: [...advice, ...ended(line)],
  };
}

export const buildImage = (elixir: string, otp: string): ImageRef => ({
  image: 'elixir',
  tag: `${elixir.split('.').slice(0, 2).join('.')}-otp-${otp}`,
});

/** The Debian that the official images of Erlang are made on, and with it the names of packages. https://github.com/erlang/docker-erlang-otp */
export function runtimeGround(otp: string): { base: ImageRef; packages: readonly string[] } {
  const line = Number(otp);
  const common = ['ca-certificates', 'libstdc++6', 'openssl'];
  if (line >= 28) return { base: debianSlim, packages: [...common, 'libncurses6', 'libsctp1'] };
  const codename = line >= 26 ? 'bookworm' : 'bullseye';
  return { base: { image: 'debian', tag: `${codename}-slim` }, packages: [...common, 'libncurses6', 'libsctp1'] };
}

function ended(elixir: string): Advice[] {
  if (lifeOf(PRODUCT, elixir).state !== 'ended' || !cycleOf(PRODUCT, elixir)) return [];
  return [
    {
      code: 'runtime-end-of-life',
      detail: `Elixir ${elixir} gets no security fixes any more.`,
      hint: `${cyclesOf(PRODUCT)[0]?.cycle ?? 'The newest line'} is the newest release line.`,
    },
  ];
}
