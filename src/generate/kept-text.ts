import { tellsSecrets } from '../context/secrets.ts';
import { languages } from '../languages/index.ts';
import { PROJECT_FILES } from '../manifest/files.ts';
import { isPlatformFile } from '../platforms/index.ts';

/** Others' code and build output: nothing in there says how the project itself is built. */
const FOREIGN =
  /(^|\/)(node_modules|\.git|\.venv|venv|__pycache__|site-packages|\.yarn\/cache|\.next|\.nuxt|\.svelte-kit)\//;

/** Files that are read whatever the language, beside those of platforms: ignore files, Dockerfiles, the project's manifest. */
const COMMON =
  /(^|\/)(\.?(dockerignore|gitignore)|\.gitmodules|[^/]*\.dockerignore|Dockerfile[^/]*|[^/]*\.Dockerfile|Containerfile|\.tool-versions|mise\.toml|\.mise\.toml|\.env[^/]*|\.npmrc|\.pypirc|\.netrc)$/;

/** Configuration in a folder of its own: what the kit makes a ConfigMap of. */
const CONFIGURATION =
  /^([^/]+\/){0,3}(config|conf|configs|configuration|settings)\/([^/]+\/)?[^/]+\.(ya?ml|json5?|toml|ini|conf|cfg|properties|xml)$/i;

const projectFile = new RegExp(`(^|/)(${PROJECT_FILES.map((f) => f.replaceAll('.', '\\.')).join('|')})$`);

type Reader = (path: string) => boolean;

/** Each reader once: Node.js and Bun share theirs. */
const readersOf = (ids: readonly string[]): Reader[] => [
  ...new Set(languages.filter((l) => ids.includes(l.id)).map((l) => l.readsText)),
];

const all = readersOf(languages.map((l) => l.id));

/** Of most files of a large project, the ending tells which languages could want their text; to ask all costs ten times as much. */
const SCRIPT = readersOf(['node', 'bun', 'deno']);
const NOBODY: readonly Reader[] = [];
const readersByEnding: ReadonlyMap<string, readonly Reader[]> = new Map([
  ...['js', 'mjs', 'cjs', 'jsx', 'ts', 'mts', 'cts', 'tsx'].map((ending) => [ending, SCRIPT] as const),
  ...[
    'css',
    'scss',
    'less',
    'md',
    'map',
    'svg',
    'png',
    'jpg',
    'jpeg',
    'gif',
    'webp',
    'ico',
    'woff',
    'woff2',
    'ttf',
  ].map((ending) => [ending, NOBODY] as const),
  ['py', readersOf(['python'])],
  ['go', readersOf(['go'])],
  ['rs', readersOf(['rust'])],
  ['java', readersOf(['java', 'scala'])],
  ['kt', readersOf(['java', 'scala'])],
  ['cs', readersOf(['dotnet'])],
  ['php', readersOf(['php'])],
  ['rb', readersOf(['ruby'])],
]);

export const readersFor = (path: string): readonly Reader[] =>
  readersByEnding.get(path.slice(path.lastIndexOf('.') + 1)) ?? all;

/** Whether a file's text has to be kept while an archive is read: what detection, planning or the analysis looks into. */
export function isKeptText(path: string): boolean {
  if (FOREIGN.test(path)) return false;
  return (
    COMMON.test(path) ||
    isPlatformFile(path) ||
    CONFIGURATION.test(path) ||
    tellsSecrets(path) ||
    projectFile.test(path) ||
    readersFor(path).some((readsText) => readsText(path))
  );
}
