import { looksSecret } from '../generate/secrets.ts';
import { joinPath } from '../inventory/inventory.ts';
import type { Kit, KitVolume } from './model.ts';

/** The project's configuration, as far as its text is known: what a ConfigMap is made of. */

interface ConfigFile {
  /** Below the volume's folder. */
  readonly path: string;
  readonly text: string;
}

interface ConfigFiles {
  readonly files: readonly ConfigFile[];
  /** Why they are not written out. */
  readonly withheld?: string;
}

/** A ConfigMap holds at most 1 MiB; its limit counts names and encoding too. */
const MOST_BYTES = 512 * 1024;
const KEY = /^[A-Za-z0-9._-]{1,253}$/;

const SETTING = /^\s*["']?([A-Za-z][\w.-]{0,80})["']?\s*[:=]\s*["']?([^"'#,\s][^"'#,]{0,500})/;

/** Whether a line sets something that looks like a secret. */
function secretLine(text: string): number | undefined {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => {
    const [, name, value] = SETTING.exec(line.slice(0, 1000)) ?? [];
    return name !== undefined && value !== undefined && looksSecret(name.replaceAll(/[.-]/g, '_'), value.trim());
  });
  return at < 0 ? undefined : at + 1;
}

/** The files of a volume that holds configuration. A file with a secret in it keeps all of them out. */
export function configFilesOf({ project }: Kit, volume: KitVolume): ConfigFiles {
  const folder = joinPath(project.app.path, volume.source);
  const tree = project.tree.at(folder);
  const paths = tree.files(() => true);
  const files = paths.flatMap((path): ConfigFile[] => {
    const kept = tree.kept(path);
    return kept === undefined || kept.truncated ? [] : [{ path, text: kept.text }];
  });
  if (files.length === 0 || files.length < paths.length)
    return { files: [], withheld: `not every file of ${volume.source}/ is known` };
  if (files.some(({ path }) => !KEY.test(path.replaceAll('/', '__'))))
    return { files: [], withheld: `a name in ${volume.source}/ cannot be a key of a ConfigMap` };
  const secret = files.find(({ text }) => secretLine(text) !== undefined);
  if (secret)
    return {
      files: [],
      withheld: `${joinPath(folder, secret.path)}, line ${secretLine(secret.text) ?? 1}, looks like a secret`,
    };
  if (files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) > MOST_BYTES)
    return { files: [], withheld: `${volume.source}/ is larger than a ConfigMap may be` };
  return { files };
}
