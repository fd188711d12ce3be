import { createHash } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Config } from '../../config.ts';

/**
 * Bearer tokens that are let in, by name. Only their SHA-256 is kept: a token is 256 random bits, so that a plain
 * hash cannot be searched, and looking it up by the hash of what was sent tells nothing by its timing.
 */

/** `name:sha256` each, separated by commas or line breaks; `#` begins a comment. */
export function parseTokens(text: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const line of text.split('\n')) {
    for (const entry of (line.split('#')[0] ?? '').split(',')) {
      if (entry.trim() === '') continue;
      const [, name, hash] = /^\s*([\w.@-]{1,64})\s*:\s*([0-9a-f]{64})\s*$/i.exec(entry) ?? [];
      // The entry is not repeated here: it may be a token that somebody forgot to hash.
      if (name === undefined || hash === undefined) throw new Error('a token is not given as "name:sha256"');
      names.set(hash.toLowerCase(), name);
    }
  }
  return names;
}

export interface Tokens {
  /** The caller's name; undefined for a token that is not known. */
  nameOf(token: string): string | undefined;
  /** Reads the file again; changes nothing where it is broken. `onReload` is told. */
  readonly reload: () => void;
  close(): void;
}

const WATCH_MS = 1000;

/** The tokens of the settings and of their file. Throws where either is broken. */
export function readTokens(
  config: Pick<Config, 'ACCESS_TOKENS' | 'ACCESS_TOKENS_FILE'>,
  onReload: (outcome: { readonly tokens: number } | { readonly error: unknown }) => void,
): Tokens {
  const file = config.ACCESS_TOKENS_FILE;
  const read = (): Map<string, string> =>
    new Map([
      ...parseTokens(config.ACCESS_TOKENS ?? ''),
      ...(file === undefined ? [] : parseTokens(readFileSync(file, 'utf8'))),
    ]);
  let names = read();
  const reload = (): void => {
    try {
      names = read();
      onReload({ tokens: names.size });
    } catch (error) {
      onReload({ error });
    }
  };
  // By looking, not by inotify: a mounted Kubernetes secret is a link that is swapped.
  if (file !== undefined) watchFile(file, { interval: WATCH_MS, persistent: false }, reload);
  return {
    nameOf: (token) => names.get(createHash('sha256').update(token).digest('hex')),
    reload,
    close: () => {
      if (file !== undefined) unwatchFile(file, reload);
    },
  };
}
