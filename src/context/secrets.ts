import { baseName, type Entry, type Inventory } from '../inventory/inventory.ts';

/**
 * Files that hold secrets, by their names and by what is in them. What was found is named; the secret itself is
 * never repeated.
 */

export interface Secret {
  readonly path: string;
  readonly line?: number;
  readonly what: string;
}

/** Kept elsewhere on purpose, or an example. */
const HARMLESS =
  /\.(example|sample|template|dist|defaults?|pub)$|(^|\/)(node_modules|vendor|testdata|site-packages)\//i;

interface NameRule {
  readonly fits: RegExp;
  readonly what: string;
}

/** Secret by their name alone, wherever they lie. */
const byName: readonly NameRule[] = [
  { fits: /(^|\/)id_(rsa|dsa|ecdsa|ed25519)(_sk)?$|\.ppk$/, what: 'a private SSH key' },
  { fits: /\.(p12|pfx|jks|keystore|kdbx)$/i, what: 'a key store' },
  { fits: /(^|\/)\.aws\/credentials$/, what: 'credentials of AWS' },
  { fits: /(^|\/)(\.kube\/config|kubeconfig)$/, what: 'credentials of a cluster' },
  { fits: /(^|\/)(\.docker\/config\.json|\.dockercfg)$/, what: 'credentials of a registry' },
  { fits: /(^|\/)\.git-credentials$/, what: 'passwords of git' },
  { fits: /(^|\/)(\.pgpass|\.my\.cnf)$/, what: 'passwords of a database' },
  { fits: /(^|\/)\.htpasswd$/, what: 'password hashes' },
  { fits: /\.tfstate(\.backup)?$/, what: 'the state of Terraform, which holds secrets in plain text' },
  { fits: /(^|\/)config\/(master|credentials\/[\w-]+)\.key$/, what: 'the key to the credentials of Rails' },
  {
    fits: /(^|\/)(service[-_]?account|gcp[-_]?credentials|client_secret[^/]*)\.json$/i,
    what: 'credentials of a service account',
  },
];

interface TextRule {
  /** The files that it looks into. */
  readonly files: RegExp;
  /** On one line. */
  readonly fits: RegExp;
  readonly what: string;
}

/** A value that stands for one that is put in later. */
const PLACEHOLDER = String.raw`(?!["']?(?:\$|<|\{\{|x{3}|changeme|your|example|none|null|true|false|["']?\s*$))`;

const ANY = /./;

/** Secret by what is written in them. Each looks at one line; none can take more than linear time. */
const byText: readonly TextRule[] = [
  { files: ANY, fits: /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY(?: BLOCK)?-----/, what: 'a private key' },
  { files: ANY, fits: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, what: 'an access key of AWS' },
  { files: ANY, fits: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50,})/, what: 'a token of GitHub' },
  { files: ANY, fits: /\bglpat-[\w-]{20}/, what: 'a token of GitLab' },
  { files: ANY, fits: /\bnpm_[A-Za-z0-9]{36}\b/, what: 'a token of npm' },
  { files: ANY, fits: /\bpypi-[\w-]{50,}/, what: 'a token of PyPI' },
  { files: ANY, fits: /\bxox[abprs]-[A-Za-z0-9-]{10,}/, what: 'a token of Slack' },
  { files: ANY, fits: /\b[sr]k_live_[A-Za-z0-9]{20,}/, what: 'a key of Stripe' },
  { files: ANY, fits: /\bAIza[\w-]{35}\b/, what: 'a key of Google' },
  { files: ANY, fits: /"private_key"\s*:\s*"-----BEGIN/, what: 'credentials of a service account' },
  {
    files: /(^|\/)(\.npmrc|\.yarnrc\.yml|\.yarnrc)$/,
    fits: new RegExp(`(?:_authToken|_password|_auth|npmAuthToken|npmAuthIdent)\\s*[=:]\\s*${PLACEHOLDER}\\S`),
    what: 'a token for a package registry',
  },
  { files: /(^|\/)\.netrc$/, fits: /\bpassword\s+\S/, what: 'a password for a host' },
  {
    files: /(^|\/)\.pypirc$/,
    fits: new RegExp(`^[ \\t]*password[ \\t]*[=:][ \\t]*${PLACEHOLDER}\\S`, 'm'),
    what: 'a password for PyPI',
  },
  {
    files: /(^|\/)(pip\.conf|\.npmrc|\.gitconfig|requirements[^/]*\.txt|Pipfile|uv\.toml)$/,
    fits: /https?:\/\/[^\s/:@]{1,200}:(?!\$|\{)[^\s/:@]{1,200}@/,
    what: 'a password in an address',
  },
  {
    files: /(^|\/)auth\.json$/,
    fits: new RegExp(`"(?:password|token|github\\.com|gitlab\\.com)"\\s*:\\s*"${PLACEHOLDER}`),
    what: 'a token for a package registry',
  },
  {
    files: /(^|\/)(settings\.xml|gradle\.properties|[Nn]u[Gg]et\.[Cc]onfig)$/,
    fits: new RegExp(`(?:<password>|<add key="ClearTextPassword" value="|[Pp]assword\\s*=)\\s*${PLACEHOLDER}\\S`),
    what: 'a password for a package registry',
  },
];

/** What any of the rules for all files needs: one look instead of one a rule. */
const TELLING_TEXT = /PRIVATE KEY|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|npm_|pypi-|xox[abprs]-|k_live_|AIza/;

const ENVIRONMENT = /(^|\/)\.env(\.[^/]*)?$|(^|\/)\.envrc$/;
const ASSIGNMENT = new RegExp(`^[ \\t]*(?:export[ \\t]+)?(\\w{1,100})[ \\t]*=[ \\t]*${PLACEHOLDER}\\S`);
const TELLING_NAME =
  /SECRET|TOKEN|PASSW(OR)?D|PRIVATE|CREDENTIAL|API_?KEY|ACCESS_?KEY|_KEY|_PASS|_PWD|_DSN|DATABASE_URL/i;
const PUBLIC_NAME = /^(NEXT_PUBLIC|VITE|PUBLIC|REACT_APP|NUXT_PUBLIC|GATSBY|EXPO_PUBLIC)_/;

/** Longer texts are lists and generated code; looking for tokens in them costs more than it finds. */
const LOOKED_INTO = 256 * 1024;
const NAMES_SHOWN = 5;

function environmentFile(path: string, text: string | undefined): Secret {
  const names: string[] = [];
  let line: number | undefined;
  for (const [i, row] of (text ?? '').split('\n').entries()) {
    const name = ASSIGNMENT.exec(row)?.[1];
    if (name === undefined || PUBLIC_NAME.test(name) || !TELLING_NAME.test(name)) continue;
    line ??= i + 1;
    names.push(name);
  }
  const more = names.length > NAMES_SHOWN ? ' …' : '';
  const what =
    names.length > 0 ? `values of ${names.slice(0, NAMES_SHOWN).join(', ')}${more}` : 'settings of one machine';
  return { path, ...(line === undefined ? {} : { line }), what };
}

function inText(path: string, text: string): Secret[] {
  const telling = TELLING_TEXT.test(text);
  const rules = byText.filter(({ files, fits }) => (files === ANY ? telling : files.test(path)) && fits.test(text));
  if (rules.length === 0) return [];
  const lines = text.split('\n');
  for (const { fits, what } of rules) {
    const line = lines.findIndex((row) => fits.test(row));
    if (line >= 0) return [{ path, line: line + 1, what }];
  }
  return [];
}

function secretIn({ path, kind }: Entry, tree: Inventory): Secret[] {
  if (kind === 'directory' || HARMLESS.test(path)) return [];
  const kept = kind === 'file' ? tree.kept(path) : undefined;
  if (ENVIRONMENT.test(path)) return [environmentFile(path, kept?.text)];
  const named = byName.find(({ fits }) => fits.test(path));
  if (named) return [{ path, what: named.what }];
  const found = kept && kept.text.length <= LOOKED_INTO ? inText(path, kept.text) : [];
  // A key whose text was not kept may be one; a certificate is none.
  if (found.length === 0 && !kept && /\.(key|pem)$/.test(path) && !/(public|cert|ca[-_.]|chain)/i.test(baseName(path)))
    return [{ path, what: 'probably a private key' }];
  return found;
}

/** The secrets among a project's files, in the order of their paths. */
export const findSecrets = (tree: Inventory): Secret[] => tree.entries.flatMap((entry) => secretIn(entry, tree));

/** Whether the text of a file tells whether it holds a secret. */
export const tellsSecrets = (path: string): boolean =>
  /(^|\/)(\.env[^/]*|\.npmrc|\.yarnrc(\.yml)?|\.netrc|\.pypirc|pip\.conf|auth\.json|settings\.xml|gradle\.properties|[Nn]u[Gg]et\.[Cc]onfig|[^/]*\.(pem|key))$/.test(
    path,
  );
