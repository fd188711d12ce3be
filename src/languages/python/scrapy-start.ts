import { joinPath } from '../../inventory/inventory.ts';
import type { Source } from './modules.ts';
import type { PythonProject } from './project.ts';
import { NOTHING_MORE, type Start } from './start.ts';

/** The only spider of a project of Scrapy, which ends when it has read all. https://docs.scrapy.org/en/latest/topics/commands.html */

const SPIDER =
  /^class[ \t]+\w+\([^)]*Spider\b[^)]*\):[\s\S]*?^[ \t]+name[ \t]*(?::[ \t]*str[ \t]*)?=[ \t]*["']([\w.-]+)["']/gm;

export function scrapyStart(
  { inventory, folder }: PythonProject,
  sources: readonly Source[],
  has: (name: string) => boolean,
): Start | undefined {
  const file = joinPath(folder, 'scrapy.cfg');
  if (!inventory.isFile(file)) return undefined;
  const spiders = sources.flatMap(({ path, code }) =>
    [...code.matchAll(SPIDER)].map(([, name = '']) => ({
      name,
      from: { file: path, why: `${name} is the only spider` },
    })),
  );
  const [spider] = spiders;
  if (!spider || spiders.length > 1) return undefined;
  const { name, from } = spider;
  return {
    ...NOTHING_MORE,
    argv: ['scrapy', 'crawl', name],
    from,
    framework: { id: 'scrapy', from: { file, why: 'the settings of Scrapy' } },
    workload: 'job',
    workloadFrom: from,
    folder,
    added: has('scrapy') ? undefined : 'scrapy',
  };
}
