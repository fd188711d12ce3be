import { satisfies, valid, validRange } from '@renovatebot/pep440';

/** Version constraints of Poetry, as PEP 440 specifiers; each `||` branch apart. https://python-poetry.org/docs/dependency-specification/ */

function caret(version: string): string {
  const parts = version.split('.').map(Number);
  const at = parts.findIndex((part) => part !== 0);
  const bumped = parts.slice(0, (at < 0 ? parts.length - 1 : at) + 1);
  bumped[bumped.length - 1] = (bumped.at(-1) ?? 0) + 1;
  return `>=${version},<${bumped.join('.')}`;
}

function tilde(version: string): string {
  const parts = version.split('.').map(Number);
  const bumped = parts.slice(0, Math.min(2, parts.length));
  bumped[bumped.length - 1] = (bumped.at(-1) ?? 0) + 1;
  return `>=${version},<${bumped.join('.')}`;
}

function part(text: string): string {
  const [, operator = '', version = ''] = /^(\^|~(?!=)|[<>=!~]=?=?)?\s*v?(.+)$/.exec(text) ?? [];
  if (version === '*' || version === '') return '';
  const plain = /^\d+(\.\d+)*$/.test(version);
  if (operator === '^') return plain ? caret(version) : `>=${version}`;
  if (operator === '~') return plain ? tilde(version) : `>=${version}`;
  if (operator === '' || operator === '=') return `==${version}`;
  return `${operator}${version}`;
}

/** The alternatives of a constraint, each a PEP 440 specifier ('' for any version). */
export const alternativesOf = (constraint: string): string[] =>
  constraint.split(/\s*\|\|?\s*/).map((branch) =>
    branch
      .trim()
      .replaceAll(/([<>=!~^]+)\s+/g, '$1')
      .split(/\s*,\s*|\s+/)
      .filter(Boolean)
      .map(part)
      .filter(Boolean)
      .join(','),
  );

/** Whether a full version fits one of the alternatives. What is no specifier rules nothing out; what is no version fits none. */
export const fitsAny = (version: string, alternatives: readonly string[]): boolean =>
  alternatives.length === 0 ||
  alternatives.some(
    (specifier) =>
      specifier === '' || !validRange(specifier) || (valid(version) !== null && satisfies(version, specifier)),
  );
