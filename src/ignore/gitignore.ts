import { parseIgnore } from './parse.ts';
import type { IgnorePurpose, IgnoreRule } from './rule.ts';

/** What a name in a `.gitignore` most likely is; what is none of these is left alone. */
const purposes: readonly (readonly [RegExp, IgnorePurpose])[] = [
  [/(^|\/)\.env|secret|credential|\.(key|pem|p12|pfx)/i, 'secret'],
  [/(^|\/)(node_modules|vendor|\.venv|venv|env|bower_components|jspm_packages|deps|elm-stuff)\/?$/, 'dependencies'],
  [/\.(log|pid)$|(^|\/)logs?\/?$/, 'logs'],
  [/(^|\/)(coverage|htmlcov|\.nyc_output|\.pytest_cache|\.tox|\.nox|test-results|playwright-report)/, 'test'],
  [/cache|\.tsbuildinfo$|__pycache__|\.py\[|(^|\/)(tmp|temp)\/?$/, 'cache'],
  [/(^|\/)\.(idea|vscode|DS_Store)|\.(swp|sublime-|iml)/, 'editor'],
  [
    /(^|\/)(dist|build|out|target|bin|obj|\.next|\.nuxt|\.output|\.svelte-kit|\.turbo|\.parcel-cache|_build|public\/build)\/?$|\.egg-info\/?$/,
    'build-output',
  ],
];

/**
 * Git matches a name without a slash at any depth, and Docker only at the root: such a name gets a leading `**` part. A
 * trailing slash means "folders only" to git and nothing to Docker. https://git-scm.com/docs/gitignore#_pattern_format
 */
function translate(pattern: string): string {
  const bare = pattern.replace(/\/$/, '');
  if (bare.startsWith('/')) return bare.slice(1);
  return bare.includes('/') ? bare : `**/${bare}`;
}

/** Git drops unescaped blanks at the end, and has `\#` and `\!` for names that begin so. */
const lineOf = (line: string): string => line.replace(/\r$/, '').replace(/(?<!\\) +$/, '');

/** Patterns of a `.gitignore` that say what a build context does not need either; its re-inclusions are left alone. */
export function gitignoreRules(text: string): IgnoreRule[] {
  return text.split('\n').flatMap((raw, i): IgnoreRule[] => {
    const line = lineOf(raw);
    if (line === '' || /^[#!]/.test(line) || line.includes('\\')) return [];
    const purpose = purposes.find(([fits]) => fits.test(line))?.[1];
    if (purpose === undefined) return [];
    return isReadable(translate(line))
      ? [{ pattern: translate(line), purpose, why: `line ${i + 1} of .gitignore` }]
      : [];
  });
}

function isReadable(pattern: string): boolean {
  try {
    return parseIgnore(pattern).patterns.length === 1;
  } catch {
    return false;
  }
}
