import { format } from 'prettier';
import { languages } from '../src/languages/index.ts';

const BEGIN = '<!-- languages -->';
const END = '<!-- /languages -->';

const listed = (items: readonly string[]): string => (items.length === 0 ? '' : items.join(', '));

/** What is supported, a language a row, from the facts that each language states of itself. */
function table(): string {
  const rows = languages
    .toSorted((a, b) => (a.title < b.title ? -1 : 1))
    .map(({ title, facts }) => {
      const { packageManagers, frameworks, variants } = facts;
      return `| ${title} | ${listed(packageManagers)} | ${listed(frameworks)} | ${listed(variants)} |`;
    });
  return ['| language | package managers | frameworks known | variants |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

/** The README with its table of languages renewed. Throws where the marks of the table are missing. */
export async function withLanguages(readme: string): Promise<string> {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the README has lost ${BEGIN} … ${END}`);
  const text = `${readme.slice(0, begin)}${BEGIN}\n\n${table()}\n\n${readme.slice(end)}`;
  return format(text, { parser: 'markdown', printWidth: 120, singleQuote: true });
}
