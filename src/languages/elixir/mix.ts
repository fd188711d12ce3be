/** mix.exs is a program; what matters of it stands in the forms that `mix new` and `mix phx.new` write. */

export interface MixFile {
  readonly app: string | undefined;
  readonly version: string | undefined;
  /** The requirement of Elixir, and the line it stands in. */
  readonly elixir: { readonly requirement: string; readonly line: number } | undefined;
  /** The names of configured releases, in order. */
  readonly releases: readonly string[];
  /** Names of dependencies, without those of development and tests. */
  readonly dependencies: readonly string[];
  /** The folder of an umbrella's applications. */
  readonly appsPath: string | undefined;
  /** Names of aliases: tasks of the project. */
  readonly aliases: readonly string[];
  /** What the alias assets.setup is made of. */
  readonly setup: string;
}

const withoutComments = (text: string): string =>
  text.replaceAll(/^(\s*)#.*$/gm, '$1').replaceAll(/\s#\s[^\n"]*$/gm, '');

/** What stands between the brackets that open at an index. */
function bracketed(text: string, from: number): string {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '[') depth++;
    else if (c === ']' && --depth === 0) return text.slice(from + 1, i);
  }
  return text.slice(from + 1);
}

/** The list of a keyword or of a function of that name. */
function listOf(text: string, name: string): string {
  const keyword = new RegExp(String.raw`\b${name}:\s*\[`).exec(text);
  const defined = new RegExp(String.raw`\bdefp?\s+${name}(?:\(\))?\s*(?:do\s*|,\s*do:\s*)\[`).exec(text);
  const found = keyword ?? defined;
  return found ? bracketed(text, found.index + found[0].length - 1) : '';
}

/** Keys at the top of a keyword list; what they hold is skipped. */
function topKeys(list: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const match of list.matchAll(/[[{(]|[\]})]|"([\w.-]+)":|\b([a-z_]\w*[?!]?):(?=\s)/g)) {
    const [token, quoted, name] = match;
    if (/^[[{(]$/.test(token)) depth++;
    else if (/^[\]})]$/.test(token)) depth--;
    else if (depth === 0) keys.push(quoted ?? name ?? '');
  }
  return keys;
}

function dependenciesOf(text: string): string[] {
  const list = listOf(text, 'deps');
  return [...list.matchAll(/\{\s*:(\w+)\s*,([^{}]*)\}/g)]
    .filter((match) => !/\bonly:\s*(:(dev|test)\b|\[\s*:(dev|test)(\s*,\s*:(dev|test))*\s*\])/.test(match[2] ?? ''))
    .map((match) => match[1] ?? '');
}

export function readMix(source: string): MixFile {
  const text = withoutComments(source);
  const elixir = /\belixir:\s*"([^"\n]{1,60})"/.exec(text);
  const line = elixir ? text.slice(0, elixir.index).split('\n').length : 0;
  return {
    app: /\bapp:\s*:(\w+)/.exec(text)?.[1],
    version: /\bversion:\s*"([\w.+-]{1,40})"/.exec(text)?.[1] ?? /@version\s+"([\w.+-]{1,40})"/.exec(text)?.[1],
    elixir: elixir ? { requirement: elixir[1] ?? '', line } : undefined,
    releases: topKeys(listOf(text, 'releases')).filter((name) => /^\w+$/.test(name)),
    dependencies: dependenciesOf(text),
    appsPath: /\bapps_path:\s*"([\w./-]+)"/.exec(text)?.[1],
    aliases: topKeys(listOf(text, 'aliases')),
    setup: /"assets\.setup":\s*\[([^\]]*)\]/.exec(text)?.[1] ?? '',
  };
}
