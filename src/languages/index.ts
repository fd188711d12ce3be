import type { Language } from './language.ts';
import { go } from './go/index.ts';
import { staticSites } from './static/index.ts';

/** The one list of languages, by name; the order means nothing. */
export const languages: readonly Language[] = [go, staticSites];
