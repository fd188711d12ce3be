import type { Code } from '../code.ts';
import { serveWord } from '../serve-words.ts';
import { closing } from './test-code.ts';

/** Subcommands of a program of clap or structopt, as it declares them. https://docs.rs/clap/latest/clap/_derive/ */

const ENUM =
  /#\[derive\(([^)]{0,300})\)\]\s*(?:#\[[^\]]{0,300}\]\s*)*(?:pub(?:\([^)]{0,40}\))?\s+)?enum\s+(\w{1,80})\s*\{/g;
/** A field that holds the subcommand: with `Option` around it, the program runs without one. */
const FIELD =
  /#\[(?:clap|command|structopt)\(\s*(?:flatten|subcommand)\b[^\]]{0,200}\]\s*(?:#\[[^\]]{0,200}\]\s*)*(?:pub(?:\([^)]{0,40}\))?\s+)?\w{1,80}\s*:\s*(?:\w{1,80}::)*(\w{1,80})/g;
const VARIANT = /((?:#\[[^\]]{0,300}\]\s*)*)([A-Z]\w{0,80})\s*(?:[,({]|$)/y;
const BUILT = /\b(?:Command|App|SubCommand)::(?:new|with_name)\(\s*"([\w-]{1,60})"/g;
const BUILT_NEEDS = /\bsubcommand_required\(\s*true\s*\)|\bSubcommandRequired(?:ElseHelp)?\b/;

const kebab = (name: string): string => name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();

const CLOSES: Readonly<Record<string, string>> = { '(': ')', '{': '}' };

/** Where what is opened at a place is closed again; the place itself where nothing is opened. */
function endOf(text: string, open: number): number {
  const close = CLOSES[text[open] ?? ''];
  if (close === undefined) return open;
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === text[open]) depth++;
    else if (text[at] === close && --depth === 0) return at;
  }
  return text.length;
}

/** The names of an enum's variants as they stand on a command line; `body` is what stands between its braces. */
function variantsIn(body: string): string[] {
  const names: string[] = [];
  for (let at = 0; at < body.length; at++) {
    VARIANT.lastIndex = at;
    const found = /[#A-Z]/.test(body[at] ?? '') ? VARIANT.exec(body) : null;
    if (!found) continue;
    const [all, attributes = '', name = ''] = found;
    names.push(/\bname\s*=\s*"([\w-]+)"/.exec(attributes)?.[1] ?? kebab(name));
    at = endOf(body, at + all.length - 1);
  }
  return names;
}

const PARSES = /\b(?:Parser|StructOpt|Clap)\b/;

/** The enums of the program itself that it does nothing without; those of its subcommands have words of their own. */
const neededIn = ({ code }: Code): string[] =>
  [...code.matchAll(FIELD)].flatMap((m) => {
    const derives = code.slice(code.lastIndexOf('#[derive(', m.index), m.index).split(')')[0] ?? '';
    return PARSES.test(derives) ? [m[1] ?? ''] : [];
  });

/** The subcommand that serves, of a program that does nothing without one. */
export function serveCommand(code: readonly Code[], program: string): string | undefined {
  const needed = new Set(code.flatMap(neededIn));
  const declared = code.flatMap((file) =>
    [...file.code.matchAll(ENUM)].flatMap((m) => {
      const [all, derives = '', name = ''] = m;
      if (!PARSES.test(derives) && !(needed.has(name) && /\bSubcommand\b/.test(derives))) return [];
      const open = m.index + all.length - 1;
      return variantsIn(file.code.slice(open + 1, closing(file, open) - 1));
    }),
  );
  const built = code.some((file) => BUILT_NEEDS.test(file.code))
    ? code.flatMap((file) => [...file.code.matchAll(BUILT)].map((m) => m[1] ?? ''))
    : [];
  return serveWord(new Set([...declared, ...built]), program);
}
