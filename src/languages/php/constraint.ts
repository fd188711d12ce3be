import { satisfies, validRange } from 'semver';

/** Version constraints of Composer, as far as they speak of PHP. https://getcomposer.org/doc/articles/versions.md */

const MAX_LENGTH = 500;

/** `~8.2` lets the last named part grow, which semver reads otherwise; all else is written alike. */
function comparator(part: string): string | undefined {
  const text = part
    .replace(/@\w+$/, '')
    .replace(/^v(?=\d)/, '')
    .replace(/^([<>=~^!]+)v(?=\d)/, '$1');
  if (text === '' || text === '*') return '*';
  if (text.startsWith('!=') || text.startsWith('<>')) return '*';
  const tilde = /^~(\d+)(?:\.(\d+))?$/.exec(text);
  if (tilde) return `^${tilde[1] ?? ''}.${tilde[2] ?? '0'}.0`;
  const exact = /^={0,2}(\d+(?:\.\d+){0,2})(?:\.\d+)?(?:-\w+)?$/.exec(text);
  // PHP 8.2.99 and the like stand for "the line": a patch release never decides which image is taken.
  if (exact) return (exact[1] ?? '').split('.').slice(0, 2).join('.') + '.x';
  return validRange(text) === null ? undefined : text;
}

/** A constraint as a test of full versions; undefined for one that cannot be read. */
export function constraintOf(text: string): ((version: string) => boolean) | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const ranges = text.split(/\s*\|\|?\s*/).map((alternative) => {
    if (/\s-\s/.test(alternative)) return validRange(alternative.trim()) ?? undefined;
    const parts = alternative
      .trim()
      .replaceAll(/([<>=~^!])\s+/g, '$1')
      .split(/[\s,]+/)
      .map(comparator);
    return parts.includes(undefined) ? undefined : parts.join(' ');
  });
  const known = ranges.filter((range) => range !== undefined);
  return known.length === 0 ? undefined : (version) => known.some((range) => satisfies(version, range));
}
