import { cycleOf, lifeOf } from './catalogue.ts';
import { tableOf } from '../plan/table.ts';

/** How long an image is looked after: by the program it brings and by the system that lies under it, both from its name. */

/** Official images by the last part of their name, and the product of the catalogue that their tag's version is of. */
const PRODUCTS = tableOf<string>({
  node: 'nodejs',
  python: 'python',
  golang: 'go',
  rust: 'rust',
  ruby: 'ruby',
  php: 'php',
  'eclipse-temurin': 'eclipse-temurin',
  elixir: 'elixir',
  erlang: 'erlang',
  debian: 'debian',
  ubuntu: 'ubuntu',
  alpine: 'alpine-linux',
  nginx: 'nginx',
  deno: 'deno',
  aspnet: 'dotnet',
  sdk: 'dotnet',
  'runtime-deps': 'dotnet',
});

const DEBIAN_CODENAMES = tableOf<string>({
  trixie: '13',
  bookworm: '12',
  bullseye: '11',
  buster: '10',
});

interface Part {
  readonly product: string;
  readonly version: string;
}

/** What an image is made of, as far as its reference tells: `python:3.14-slim-trixie` is Python 3.14 on Debian 13. */
export function partsOfImage(reference: string): Part[] {
  const [name = '', tag = ''] = reference.split('@')[0]?.split(/:(?=[^/]*$)/) ?? [];
  const last = name.split('/').at(-1) ?? '';
  const product = PRODUCTS[last];
  const [, version] = /^v?(\d+(?:\.\d+)*)/.exec(tag) ?? [];
  const [, codename] = /(?:^|-)(trixie|bookworm|bullseye|buster)(?:-|$)/.exec(tag) ?? [];
  const [, alpine] = /alpine(\d+\.\d+)/.exec(tag) ?? [];
  const [, distroless] =
    /^(?:static|base|base-nossl|cc|python3|java\d*-?\w*|java-base|nodejs\d*)-debian(\d+)$/.exec(last) ?? [];
  const debian = codename === undefined ? distroless : DEBIAN_CODENAMES[codename];
  return [
    ...(product !== undefined && version !== undefined ? [{ product, version }] : []),
    ...(debian === undefined ? [] : [{ product: 'debian', version: debian }]),
    ...(alpine === undefined ? [] : [{ product: 'alpine-linux', version: alpine }]),
  ];
}

export interface ImageLife extends Part {
  readonly state: 'ended' | 'ending' | 'supported' | 'unknown';
  readonly eol?: string;
}

/** The life of each part of an image, at the catalogue's date. */
export const lifeOfImage = (reference: string): ImageLife[] =>
  partsOfImage(reference).map(({ product, version }) => ({
    product,
    version: cycleOf(product, version)?.cycle ?? version,
    ...lifeOf(product, version),
  }));
