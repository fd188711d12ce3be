import type { Inventory } from '../inventory/inventory.ts';
import { Problem } from '../problems/problem.ts';

/** Languages that no Dockerfile is written for, by what lies at the root of their projects: an answer can say so. */

interface OtherLanguage {
  readonly title: string;
  /** What only its package manager or build reads. */
  readonly manifest: RegExp;
  readonly source: RegExp;
  /** Debian’s package of what runs its source as it is. */
  readonly package?: string;
}

const OTHERS: readonly OtherLanguage[] = [
  { title: 'D', manifest: /^dub\.(json|sdl)$/, source: /\.d$/ },
  { title: 'Erlang', manifest: /^(rebar|relx)\.config$|^erlang\.mk$/, source: /\.[eh]rl$/ },
  { title: 'Julia', manifest: /^(Julia)?Project\.toml$/, source: /\.jl$/ },
  { title: 'Lua', manifest: /\.rockspec$/, source: /\.lua$/, package: 'lua5.4' },
  { title: 'Nim', manifest: /\.nimble$/, source: /\.nim$/ },
  { title: 'OCaml', manifest: /^dune-project$|\.opam$/, source: /\.ml$/ },
  { title: 'Perl', manifest: /^(cpanfile|Makefile\.PL|Build\.PL)$/, source: /\.(psgi|pl)$/, package: 'perl' },
  { title: 'R', manifest: /^renv\.lock$|\.Rproj$/, source: /\.R$/, package: 'r-base' },
  { title: 'Racket', manifest: /^info\.rkt$/, source: /\.rkt$/, package: 'racket' },
  { title: 'V', manifest: /^v\.mod$/, source: /\.v$/ },
];

interface OtherFound extends Pick<OtherLanguage, 'title' | 'package'> {
  readonly file: string;
  /** The file is one of its package manager: what else is in the folder belongs to it. */
  readonly sure: boolean;
}

/** The language of the root, and the file that tells it. */
export function otherLanguage(inventory: Inventory): OtherFound | undefined {
  const names = inventory.names('').filter((name) => inventory.isFile(name));
  const found = (kind: 'manifest' | 'source'): OtherFound | undefined =>
    OTHERS.flatMap((language) => {
      const file = names.find((name) => language[kind].test(name));
      return file === undefined ? [] : [{ ...language, file, sure: kind === 'manifest' }];
    })[0];
  return found('manifest') ?? found('source');
}

/** The problem of a project in a language that there is no folder for, with what can be done about it. */
export function otherProblem({ title, file, package: runs }: OtherFound, languages: readonly string[]): Problem {
  const own =
    'Write the Dockerfile by hand: with dockerfile=keep the context, the .dockerignore and the kit are made around it.';
  const shell =
    runs === undefined
      ? ''
      : ` Or run the source with Debian’s ${title}, by a dockwright.yaml: {language: shell, command: …, run: {packages: [${runs}]}}.`;
  return new Problem('no-language', {
    detail: `${file} is of ${title}, which no Dockerfile is written for.`,
    hint: `${own}${shell}`,
    members: { languages },
  });
}
