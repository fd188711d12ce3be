import type { Config } from '../config.ts';
import type { SourceLimits } from '../source/limits.ts';

/** The limits of an upload, each with the setting that it comes from. */
export function sourceLimits(config: Config): SourceLimits {
  const limit = (name: string, setting: keyof Config): { name: string; value: number; setting: string } => ({
    name,
    value: Number(config[setting]),
    setting,
  });
  return {
    upload: limit('upload bytes', 'LIMIT_UPLOAD_BYTES'),
    inflated: limit('inflated bytes', 'LIMIT_INFLATED_BYTES'),
    ratio: limit('inflate ratio', 'LIMIT_INFLATE_RATIO'),
    entries: limit('entries', 'LIMIT_ENTRIES'),
    path: limit('path bytes', 'LIMIT_PATH_BYTES'),
    text: limit('text file bytes', 'LIMIT_TEXT_BYTES'),
    allText: limit('all text bytes', 'LIMIT_ALL_TEXT_BYTES'),
  };
}
