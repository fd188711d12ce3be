import type { State } from './sizes.ts';

/** How the analysis is put into words, in a terminal and on a page. */

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** `1.2 MB`: powers of a thousand, as Docker prints sizes. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[unit] ?? ''}`;
}

export const count = (value: number, one: string, many = `${one}s`): string =>
  `${value.toLocaleString('en-US')} ${value === 1 ? one : many}`;

export function secondsText(seconds: number): string {
  if (seconds < 0.1) return 'at once';
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : seconds.toFixed(0)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A percentage of a whole, in words that do not say "0 %" of something. */
export function shareText(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0 %';
  const percent = (part / whole) * 100;
  return percent < 1 ? '< 1 %' : `${percent.toFixed(0)} %`;
}

/** A name from an archive, with what would move the cursor, turn the writing around or not show at all made visible. */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);

export const stateWords: Readonly<Record<State, string>> = {
  sent: 'sent',
  avoidable: 'sent, and not needed',
  ignored: 'ignored',
};

export const reachWords = {
  image: 'in the image',
  'build-stage': 'in a build stage',
  context: 'in the context only',
  ignored: 'left out',
} as const;

export const linkWords = {
  missing: 'its target does not exist',
  outside: 'it points out of the project',
  ignored: 'its target is left out',
  loop: 'it leads back to itself',
} as const;
