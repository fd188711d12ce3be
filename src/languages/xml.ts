import { tableOf } from '../plan/table.ts';
/**
 * A small reader for the XML that build tools are configured by (pom.xml, project files of .NET): elements,
 * attributes and text, with lines. One pass from left to right, no entities of the document's own, no external ones:
 * a hostile file costs no more than its length.
 */

export interface XmlElement {
  /** Without its namespace prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The element's own text, trimmed. */
  readonly text: string;
  readonly line: number;
}

interface OpenElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
  line: number;
}

const ENTITIES = tableOf<string>({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" });
/** Deeper than any real file; a bound for those who walk the tree. */
const MAX_DEPTH = 100;

const decode = (text: string): string =>
  text.includes('&') ? text.replaceAll(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '') : text;

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name = '', double, single] of text.matchAll(
    /([\w:.-]{1,100})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)')/g,
  )) {
    found[localName(name)] = decode(double ?? single ?? '');
  }
  return found;
}

/** Where markup that is no element ends: comments, CDATA, declarations, processing instructions. */
const ENDS: readonly (readonly [start: string, end: string])[] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
];

/** The end of a tag, past any `>` inside a quoted attribute; -1 where it is left open. */
function tagEnd(text: string, from: number): number {
  let quote = '';
  for (let i = from; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote !== '') quote = c === quote ? '' : quote;
    else if (c === '"' || c === "'") quote = c;
    else if (c === '>') return i;
  }
  return -1;
}

/** The root element; undefined for what is not well-formed. */
export function readXml(text: string): XmlElement | undefined {
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let line = 1;
  let counted = 0;
  const lineAt = (offset: number): number => {
    for (; counted < offset; counted++) if (text.charCodeAt(counted) === 10) line++;
    return line;
  };
  const close = (element: OpenElement): void => {
    const done = { ...element, text: element.text.trim() };
    const parent = open.at(-1);
    if (parent) parent.children.push(done);
    else root ??= done;
  };
  for (let at = text.indexOf('<'), before = 0; at >= 0; at = text.indexOf('<', before)) {
    const top = open.at(-1);
    if (top) top.text += decode(text.slice(before, at));
    const special = ENDS.find(([start]) => text.startsWith(start, at));
    if (special) {
      const end = text.indexOf(special[1], at + special[0].length);
      if (end < 0) return undefined;
      if (special[0] === '<![CDATA[' && top) top.text += text.slice(at + special[0].length, end);
      before = end + special[1].length;
      continue;
    }
    const end = tagEnd(text, at);
    if (end < 0) return undefined;
    const inside = text.slice(at + 1, end);
    before = end + 1;
    if (inside.startsWith('/')) {
      const element = open.pop();
      if (element?.name !== localName(inside.slice(1).trim())) return undefined;
      close(element);
      continue;
    }
    const name = /^[\w:.-]+/.exec(inside)?.[0];
    if (name === undefined || open.length >= MAX_DEPTH) return undefined;
    const attributes = attributesOf(inside.slice(name.length));
    const element = { name: localName(name), attributes, children: [], text: '', line: lineAt(at) };
    if (inside.endsWith('/')) close(element);
    else open.push(element);
  }
  return open.length === 0 ? root : undefined;
}

export const childrenOf = (element: XmlElement | undefined, name: string): readonly XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? [];

/** The element at a path of names below another. */
export const elementAt = (element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined =>
  path.reduce<XmlElement | undefined>((at, name) => at?.children.find((child) => child.name === name), element);

/** The text at a path of names; undefined where there is no such element, or nothing in it. */
export const textAt = (element: XmlElement | undefined, ...path: readonly string[]): string | undefined =>
  elementAt(element, ...path)?.text || undefined;
