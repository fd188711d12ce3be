import { tellsSecrets } from '../context/secrets.ts';
import { languages } from '../languages/index.ts';
import { PROJECT_FILES } from '../manifest/files.ts';

/** Others' code and build output: nothing in there says how the project itself is built. */
const FOREIGN =
  /(^|\/)(node_modules|\.git|\.venv|venv|__pycache__|site-packages|\.yarn\/cache|\.next|\.nuxt|\.svelte-kit)\//;

/** Files that are read whatever the language: ignore files, Dockerfiles, Procfile, the project's manifest. */
const COMMON =
  /(^|\/)(\.?(dockerignore|gitignore)|[^/]*\.dockerignore|Dockerfile[^/]*|[^/]*\.Dockerfile|Containerfile|Procfile|\.tool-versions|mise\.toml|\.mise\.toml|\.env[^/]*|\.npmrc|\.pypirc|\.netrc)$/;

/** Configuration in a folder of its own: what the kit makes a ConfigMap of. */
const CONFIGURATION =
  /^([^/]+\/){0,3}(config|conf|configs|configuration|settings)\/([^/]+\/)?[^/]+\.(ya?ml|json5?|toml|ini|conf|cfg|properties|xml)$/i;

const projectFile = new RegExp(`(^|/)(${PROJECT_FILES.map((f) => f.replaceAll('.', '\\.')).join('|')})$`);

/** Whether a file's text has to be kept while an archive is read: what detection, planning or the analysis looks into. */
export function isKeptText(path: string): boolean {
  if (FOREIGN.test(path)) return false;
  return (
    COMMON.test(path) ||
    CONFIGURATION.test(path) ||
    tellsSecrets(path) ||
    projectFile.test(path) ||
    languages.some((language) => language.readsText(path))
  );
}
