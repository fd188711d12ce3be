import type { Config } from '../config.ts';
import type { SourceLimits } from '../source/limits.ts';
import type { SpoolOptions } from '../source/spool.ts';
import type { Services } from './operation.ts';

/** The limits of an upload, from the configuration. */
export function sourceLimits(config: Config): SourceLimits {
  void config;
  throw new Error('to be connected');
}

export function spoolOptions({ config, spool }: Services): SpoolOptions {
  void config;
  void spool;
  throw new Error('to be connected');
}
