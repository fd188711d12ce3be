import type { Language } from './language.ts';
import { bun } from './bun/index.ts';
import { clojure } from './clojure/index.ts';
import { cpp } from './cpp/index.ts';
import { crystal } from './crystal/index.ts';
import { dart } from './dart/index.ts';
import { deno } from './deno/index.ts';
import { dotnet } from './dotnet/index.ts';
import { elixir } from './elixir/index.ts';
import { gleam } from './gleam/index.ts';
import { go } from './go/index.ts';
import { haskell } from './haskell/index.ts';
import { java } from './java/index.ts';
import { node } from './node/index.ts';
import { php } from './php/index.ts';
import { python } from './python/index.ts';
import { ruby } from './ruby/index.ts';
import { rust } from './rust/index.ts';
import { scala } from './scala/index.ts';
import { shell } from './shell/index.ts';
import { staticSites } from './static/index.ts';
import { swift } from './swift/index.ts';
import { zig } from './zig/index.ts';

/** The one list of languages, by name; the order means nothing. */
export const languages: readonly Language[] = [
  bun,
  clojure,
  cpp,
  crystal,
  dart,
  deno,
  dotnet,
  elixir,
  gleam,
  go,
  haskell,
  java,
  node,
  php,
  python,
  ruby,
  rust,
  scala,
  shell,
  staticSites,
  swift,
  zig,
];
