/**
 * HTML in which no value can be anything but text: everything that is put into an `html` template is escaped, for
 * content and for quoted attributes alike, unless it was made by one.
 */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Html | undefined | readonly Value[];

const REPLACED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

const escaped = (text: string): string => text.replaceAll(/[&<>"'`]/g, (c) => REPLACED[c] ?? c);

function written(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  return value instanceof Html ? value.text : value.map(written).join('');
}

export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html =>
  new Html(parts.map((part, i) => part + written(values[i])).join(''));

/** Data for a script of the page. Inside of `<script>` only `<` can end it; U+2028 and U+2029 end a line of old scripts. */
export const scriptData = (value: unknown): Html =>
  new Html(
    JSON.stringify(value).replaceAll(
      /[<>&\u2028\u2029]/g,
      (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
    ),
  );
