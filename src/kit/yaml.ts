import { Document, visit, type Node } from 'yaml';
import { commentLine } from './escape.ts';

/** YAML by the library, so that every value is quoted as it has to be, also for readers of YAML 1.1. */

const OPTIONS = { version: '1.2', compat: 'yaml-1.1', aliasDuplicateObjects: false } as const;

/** A value that an override file puts in place of the one below it. https://docs.docker.com/reference/compose-file/merge/#replace-value */
export class Replaced {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

interface Replacement {
  readonly path: readonly (string | number)[];
}

function unwrap(value: unknown, path: readonly (string | number)[], found: Replacement[]): unknown {
  if (value instanceof Replaced) {
    found.push({ path });
    return unwrap(value.value, path, []);
  }
  if (Array.isArray(value)) return value.map((item: unknown, i) => unwrap(item, [...path, i], found));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, unwrap(member, [...path, key], found)]),
  );
}

function documentText(value: unknown): string {
  const replaced: Replacement[] = [];
  const document = new Document(unwrap(value, [], replaced), OPTIONS);
  for (const { path } of replaced) {
    const node = document.getIn(path, true) as Node | undefined;
    if (node) node.tag = '!override';
  }
  // A block keeps no other line break than a line feed.
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && /[\r\u0085\u2028\u2029\uFEFF]/.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
  // In double quotes a line break is an escape: folded lines would lose the blanks at their ends.
  return document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
}

/** One file of YAML with a comment above it; several values become several documents. */
export function yamlFile(comments: readonly string[], ...documents: readonly unknown[]): string {
  return `${comments.map((line) => commentLine(line)).join('\n')}\n${documents.map((value) => documentText(value)).join('---\n')}`;
}
