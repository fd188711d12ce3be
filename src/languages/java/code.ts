import { baseName, type Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';

/** Source of the JVM languages, as far as it says which class starts and where it listens. */

const SOURCE = /\.(java|kt|kts|scala|groovy)$/;
const NOT_SOURCE =
  /(^|\/)(target|build|out|bin|node_modules|\.gradle|\.[^/]+)\/|(^|\/)src\/[A-Za-z]*[tT]est[A-Za-z]*\//;

export const isSource = (path: string): boolean =>
  SOURCE.test(path) && !path.endsWith('.gradle.kts') && !NOT_SOURCE.test(path);

export interface Code {
  readonly path: string;
  /** Without comments; line breaks are kept, so that lines can be told. */
  readonly text: string;
}

/** Takes comments out, and leaves strings alone: one pass. */
export function withoutComments(text: string): string {
  return text.replaceAll(
    /"""(?:[\s\S]*?"""|[\s\S]*)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\/[^\n]*|\/\*(?:[\s\S]*?\*\/|[\s\S]*)/g,
    (part) => (part.startsWith('/') ? part.replaceAll(/[^\n]/g, '') : part),
  );
}

export function codeIn(inventory: Inventory, folder: string): Code[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  return inventory
    .files((path) => path.startsWith(prefix) && isSource(path))
    .map((path) => ({ path, text: withoutComments(inventory.text(path) ?? '') }));
}

export const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

export interface Hit {
  readonly groups: readonly (string | undefined)[];
  readonly from: Evidence;
}

/** Where a pattern (with the flag `g`) is found. */
export const hitsOf = (code: readonly Code[], pattern: RegExp, why: string): Hit[] =>
  code.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].map((m) => ({ groups: m, from: { file: path, line: lineOf(text, m.index), why } })),
  );

export interface MainClass {
  readonly name: string;
  readonly from: Evidence;
}

const packageOf = (text: string): string => /^[ \t]*package[ \t]+([\w.`]+)/m.exec(text)?.[1]?.replaceAll('`', '') ?? '';

/** `public static void main`; in a `main` of Java 25 neither modifiers nor arguments have to be there. */
const JAVA_MAIN = /\bstatic\s+(?:final\s+)?void\s+main\s*\(/;
const COMPACT_MAIN = /^void\s+main\s*\(\s*(?:String\b[^)]*)?\)/m;
const KOTLIN_MAIN = /^(?:suspend\s+)?fun\s+main\s*\(/m;
const KOTLIN_STATIC = /^([ \t]*)@JvmStatic\s+fun\s+main\s*\(/m;
const SCALA_MAIN =
  /\bobject\s+(\w+)[^{\n]{0,300}\bextends\b[^{\n]{0,300}\b(?:App|IOApp(?:\.Simple)?|ZIOAppDefault|ZIOApp|JFXApp\w*|OxApp(?:\.\w+)?|cask\.Main(?:Routes)?|(?:Http|Twitter)Server)\b/;
const SCALA_METHOD = /^([ \t]*)(?:override\s+|final\s+)*def\s+main\s*\(/m;
const SCALA_ANNOTATED = /@main\s+def\s+(\w+)/;

/** The object or class around a method: the last one before it that starts further left. */
function ownerOf(text: string, method: RegExpExecArray | null): string | undefined {
  if (!method) return undefined;
  const indent = (method[1] ?? '').length;
  return [...text.slice(0, method.index).matchAll(/^([ \t]*)(?:[\w@]+[ \t]+)*?(?:class|object)[ \t]+(\w+)/gm)].findLast(
    (owner) => (owner[1] ?? '').length < indent,
  )?.[2];
}

function mainOf({ path, text }: Code): string | undefined {
  const file = baseName(path).replace(SOURCE, '');
  if (path.endsWith('.java')) return JAVA_MAIN.test(text) || COMPACT_MAIN.test(text) ? file : undefined;
  if (path.endsWith('.kt')) {
    const named = /@file:JvmName\("(\w+)"\)/.exec(text)?.[1];
    if (KOTLIN_MAIN.test(text)) return named ?? `${file.charAt(0).toUpperCase()}${file.slice(1)}Kt`;
    const method = KOTLIN_STATIC.exec(text);
    return method ? (ownerOf(text, method) ?? file) : undefined;
  }
  if (path.endsWith('.scala')) {
    const found = SCALA_MAIN.exec(text);
    return SCALA_ANNOTATED.exec(text)?.[1] ?? found?.[1] ?? ownerOf(text, SCALA_METHOD.exec(text));
  }
  if (path.endsWith('.groovy')) return JAVA_MAIN.test(text) || /\bstatic\s+main\s*\(/.test(text) ? file : undefined;
  return undefined;
}

/** Classes that can be started, most likely ones first: by name, then by how near to the root they lie. */
export function mainClasses(code: readonly Code[]): MainClass[] {
  const rank = (name: string): number => {
    const last = name.slice(name.lastIndexOf('.') + 1);
    if (/^(Main|App|Application|Server)(Kt)?$/.test(last)) return 0;
    return /(Application|App|Main|Server|Launcher|Bootstrap)(Kt)?$/.test(last) ? 1 : 2;
  };
  return code
    .flatMap((file): MainClass[] => {
      const name = mainOf(file);
      if (name === undefined) return [];
      const inside = packageOf(file.text);
      return [
        { name: inside === '' ? name : `${inside}.${name}`, from: { file: file.path, why: 'it has a main method' } },
      ];
    })
    .sort(
      (a, b) =>
        rank(a.name) - rank(b.name) ||
        a.name.split('.').length - b.name.split('.').length ||
        (a.name < b.name ? -1 : 1),
    );
}
