import { createHash } from 'node:crypto';
import { closureOf } from './lock.ts';
import type { PythonProject } from './project.ts';
import { normalName } from './requirement.ts';

/** Whether a lockfile was made from the manifest as it stands now, as far as that can be told without the tools. */

/** Python's `json.dumps(value, sort_keys=True)`, which Poetry and Pipenv take the digest of. */
function dumps(value: unknown, comma: string, colon: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => dumps(item, comma, colon)).join(comma)}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${pairs.map(([key, item]) => `${ascii(key)}${colon}${dumps(item, comma, colon)}`).join(comma)}}`;
  }
  return typeof value === 'string' ? ascii(value) : (JSON.stringify(value) ?? 'null');
}

const ascii = (text: string): string =>
  JSON.stringify(text).replaceAll(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Poetry's digest of a manifest without a [project] table; others are not told apart here. */
function poetryHash(project: PythonProject): string | undefined {
  const poetry = project.pyproject?.tool?.poetry;
  if (!poetry || project.pyproject?.project || project.pyproject?.['dependency-groups']) return undefined;
  const content: Record<string, unknown> = {};
  for (const key of ['dependencies', 'source', 'extras', 'dev-dependencies']) content[key] = poetry[key] ?? null;
  if (poetry['group'] !== undefined) content['group'] = poetry['group'];
  return sha256(dumps(content, ', ', ': '));
}

function pipenvHash(project: PythonProject): string | undefined {
  const { pipfile } = project;
  if (!pipfile) return undefined;
  const content: Record<string, unknown> = {
    _meta: {
      sources: pipfile.source ?? [{ name: 'pypi', url: 'https://pypi.org/simple', verify_ssl: true }],
      requires: pipfile.requires ?? {},
    },
    default: pipfile.packages ?? {},
    develop: pipfile['dev-packages'] ?? {},
  };
  for (const [key, value] of Object.entries(pipfile)) {
    if (!['source', 'packages', 'dev-packages', 'requires', 'scripts', 'pipenv'].includes(key)) content[key] = value;
  }
  return sha256(dumps(content, ',', ':'));
}

/** Packages that the manifest asks for and the lockfile does not know as asked for. */
function missingInLock({ lock, name, direct, manager }: PythonProject): string[] {
  if (!lock || lock.packages.size === 0) return [];
  const asked = manager === 'uv' && name !== undefined ? lock.packages.get(normalName(name))?.asked : undefined;
  const known = new Set(asked ? asked.map((r) => r.name) : [...lock.packages.keys(), ...closureOf(lock, []).keys()]);
  return direct.map((r) => r.name).filter((n) => !known.has(n));
}

/** Why the lockfile does not fit the manifest; undefined where it does, or where that cannot be told. */
export function driftOf(project: PythonProject): string | undefined {
  const { lock, manager } = project;
  if (!lock) return undefined;
  const name = project.pyproject?.project?.name;
  if (manager === 'uv' && name !== undefined && lock.packages.size > 0 && !lock.packages.has(normalName(name)))
    return `it does not have the project itself, ${name}`;
  const missing = missingInLock(project);
  if (missing.length > 0) return `it does not have ${missing.slice(0, 5).join(', ')}`;
  const expected = manager === 'poetry' ? poetryHash(project) : manager === 'pipenv' ? pipenvHash(project) : undefined;
  const differs = expected !== undefined && lock.contentHash !== undefined && lock.contentHash !== expected;
  return differs && manager === 'poetry' ? 'its content hash is that of another pyproject.toml' : undefined;
}
