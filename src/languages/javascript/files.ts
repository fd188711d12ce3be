import { isConfigFile } from './config-files.ts';
import { isLockfile } from './lockfile.ts';
import { isNodeVersionFile } from './node-version.ts';
import { isProgramSource } from './program-source.ts';

/** The files whose text detection and planning look into. */
export const readsText = (path: string): boolean =>
  isConfigFile(path) ||
  isLockfile(path) ||
  isNodeVersionFile(path) ||
  isProgramSource(path) ||
  /(^|\/)(bin\/www|\.bun-version|schema\.prisma)$|^(?:[^/]+\/){0,2}index\.html$/.test(path);
