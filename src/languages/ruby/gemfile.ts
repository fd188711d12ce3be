/** A Gemfile is a program; what matters of it stands in lines that nearly everyone writes alike. */

export interface GemLine {
  readonly name: string;
  readonly line: number;
  /** Only for development or tests. */
  readonly development: boolean;
  readonly path: string | undefined;
  /** Whether the line stands in every run: not under a condition, nor for another platform only. */
  readonly certain: boolean;
}

export interface Gemfile {
  readonly gems: readonly GemLine[];
  /** The requirements of the `ruby` line, and where it stands. */
  readonly ruby: { readonly requirements: readonly string[]; readonly line: number } | undefined;
  /** The file that the `ruby` line takes its version from. */
  readonly rubyFile: string | undefined;
  /** Takes what a gemspec of the project lists. */
  readonly gemspec: boolean;
  /** Other files of the kind that it reads. */
  readonly reads: readonly string[];
  /** Names in lines that take in, or look at, a file: what is one of the project's has to be there when it is read. */
  readonly names: readonly string[];
}

const DEVELOPMENT = /:?(development|test|ci|lint|rubocop|tools|debug)\b/;
const PRODUCTION = /:?(production|default|assets|web)\b/;
const isDevelopment = (groups: string): boolean => DEVELOPMENT.test(groups) && !PRODUCTION.test(groups);

const GEM = /^gem\s*\(?\s*["']([A-Za-z0-9][\w.-]*)["']/;
const OPENS = /\bdo\s*(\|[^|]*\|)?\s*$|^(if|unless|case|begin|while)\b|=\s*(if|case|begin)\b/;
const QUOTED = /["']([^"']+)["']/g;

const TAKES_IN =
  /\b(load|require|require_relative|instance_eval)\b(?!:)|\b(File|IO|YAML|JSON|Pathname|Dir)\b\s*(\.|\()/;

const withoutComment = (line: string): string => line.replace(/(^|\s)#.*$/, '').trim();

function rubyLine(text: string, line: number): Pick<Gemfile, 'ruby' | 'rubyFile'> {
  const file = /\bfile:\s*["']([\w.-]+)["']/.exec(text)?.[1];
  if (file !== undefined) return { ruby: undefined, rubyFile: file };
  const words = [...text.replace(/,\s*(engine|patchlevel)\w*:.*$/, '').matchAll(QUOTED)].map((m) => m[1] ?? '');
  const requirements = words.filter((word) => /^[<>=~!\s]*\d/.test(word));
  return { ruby: requirements.length > 0 ? { requirements, line } : undefined, rubyFile: undefined };
}

export function readGemfile(text: string): Gemfile {
  const gems: GemLine[] = [];
  const reads: string[] = [];
  const names: string[] = [];
  const blocks: ('development' | 'condition' | 'other')[] = [];
  let ruby: Pick<Gemfile, 'ruby' | 'rubyFile'> = { ruby: undefined, rubyFile: undefined };
  let gemspec = false;
  for (const [i, raw] of text.split('\n').entries()) {
    const line = withoutComment(raw);
    const gem = GEM.exec(line);
    if (gem) {
      const own =
        /\bgroups?:\s*(\[[^\]]*\]|%[iw]\[[^\]]*\]|:\w+)|:groups?\s*=>\s*(\[[^\]]*\]|:\w+)/.exec(line)?.[0] ?? '';
      gems.push({
        name: gem[1] ?? '',
        line: i + 1,
        development: blocks.includes('development') || isDevelopment(own.replace(/^:?groups?/, '')),
        path: /\bpath:\s*["']([^"']+)["']|:path\s*=>\s*["']([^"']+)["']/.exec(line)?.slice(1).find(Boolean),
        certain:
          !blocks.includes('condition') && !/\bplatforms?:|:platforms?\s*=>|\s(if|unless)\s|\binstall_if/.test(line),
      });
    } else if (/^ruby[\s(]/.test(line)) ruby = rubyLine(line, i + 1);
    else if (/^gemspec\b/.test(line)) gemspec = true;
    else if (line.startsWith('eval_gemfile')) reads.push(...[...line.matchAll(QUOTED)].map((m) => m[1] ?? ''));
    if (TAKES_IN.test(line)) names.push(...[...line.matchAll(QUOTED)].map((m) => m[1] ?? ''));
    if (/^end\b/.test(line)) blocks.pop();
    else if (OPENS.test(line)) {
      const group = /^group\b(.*)\bdo\b/.exec(line)?.[1];
      const condition = /^(if|unless|case|platforms?|install_if|env)\b/.test(line);
      blocks.push(group !== undefined && isDevelopment(group) ? 'development' : condition ? 'condition' : 'other');
    }
  }
  return { gems, ...ruby, gemspec, reads, names };
}
