/** Reads Python source as text, without running or fully parsing it: enough to find objects, imports and calls. */

/**
 * The code with comments and triple-quoted strings blanked; offsets and line breaks stay as they are. Plain strings stay,
 * because paths, ports and module names stand in them. One pass over the text.
 */
export function withoutComments(text: string): string {
  let out = '';
  let from = 0;
  const blank = (start: number, end: number): void => {
    out += text.slice(from, start) + text.slice(start, end).replaceAll(/[^\n]/g, ' ');
    from = end;
  };
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '#') {
      const end = text.indexOf('\n', i);
      blank(i, end < 0 ? text.length : end);
      i = from - 1;
    } else if (c === '"' || c === "'") {
      if (text.startsWith(c.repeat(3), i)) {
        const end = text.indexOf(c.repeat(3), i + 3);
        blank(i, end < 0 ? text.length : end + 3);
        i = from - 1;
      } else {
        for (i++; i < text.length && text.charAt(i) !== c && text.charAt(i) !== '\n'; i++)
          if (text.charAt(i) === '\\') i++;
      }
    }
  }
  return out + text.slice(from);
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

const IMPORT = /^[ \t]*import[ \t]+([\w., \t]+)|^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import\b/gm;

export interface Imports {
  /** Full names of modules imported absolutely. */
  readonly modules: readonly string[];
  /** True where the file imports from its own package by dots. */
  readonly relative: boolean;
}

export function importsOf(code: string): Imports {
  const modules = new Set<string>();
  let relative = false;
  for (const [, list, dots = '', from = ''] of code.matchAll(IMPORT)) {
    if (list !== undefined) for (const item of list.split(',')) modules.add(item.trim().split(/\s/)[0] ?? '');
    else if (dots !== '') relative = true;
    else modules.add(from);
  }
  modules.delete('');
  return { modules: [...modules], relative };
}

export const importsPackage = ({ modules }: Imports, name: string): boolean =>
  modules.some((module) => module === name || module.startsWith(`${name}.`));

/** Where `if __name__ == "__main__":` stands; undefined in a file that only defines things. */
export const mainGuard = (code: string): number | undefined => {
  const at = code.search(/^if[ \t(]+__name__[ \t]*==[ \t]*["']__main__["']/m);
  return at < 0 ? undefined : at;
};
