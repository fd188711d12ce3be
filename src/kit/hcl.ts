import { commentLine } from './escape.ts';

/** HCL as bake reads it: a small writer that quotes every value. https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md */

/** An expression of ours, written as it is. */
export class Expression {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type HclValue =
  string | number | boolean | Expression | readonly HclValue[] | { readonly [name: string]: HclValue };

const hex = (code: number): string => code.toString(16).padStart(4, '0');

/**
 * A quoted template that holds no interpolation: `${` and `%{` begin one, so the characters before a brace are written
 * by their number, as are control characters.
 */
export function hclString(value: string): string {
  const text = value
    .replaceAll(/[\\"]/g, String.raw`\$&`)
    .replaceAll(/[$%]+(?=\{)/g, (run) => run.replaceAll(/[$%]/g, (c) => `\\u${hex(c.charCodeAt(0))}`))
    .replaceAll(/[\p{Cc}\u2028\u2029\uFEFF]/gu, (c) => `\\u${hex(c.charCodeAt(0))}`);
  return `"${text}"`;
}

function isList(value: HclValue): value is readonly HclValue[] {
  return Array.isArray(value);
}

function hclValue(value: HclValue, indent = ''): string {
  if (value instanceof Expression) return value.text;
  if (typeof value === 'string') return hclString(value);
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map((item) => hclValue(item, indent)).join(', ')}]`;
  const inner = `${indent}  `;
  const members = Object.entries(value).map(
    ([name, member]) => `${inner}${hclString(name)} = ${hclValue(member, inner)}`,
  );
  return members.length === 0 ? '{}' : `{\n${members.join('\n')}\n${indent}}`;
}

export interface HclBlock {
  readonly comment?: string;
  readonly type: string;
  readonly label: string;
  /** Names of attributes are ours. */
  readonly attributes: Readonly<Record<string, HclValue>>;
}

const blockText = ({ comment, type, label, attributes }: HclBlock): string =>
  [
    ...(comment === undefined ? [] : [commentLine(comment)]),
    `${type} ${hclString(label)} {`,
    ...Object.entries(attributes).map(([name, value]) => `  ${name} = ${hclValue(value, '  ')}`),
    '}',
  ].join('\n');

export const hclFile = (comments: readonly string[], blocks: readonly HclBlock[]): string =>
  `${[comments.map((line) => commentLine(line)).join('\n'), ...blocks.map((block) => blockText(block))].join('\n\n')}\n`;
