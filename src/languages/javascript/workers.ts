import { baseName, joinPath } from '../../inventory/inventory.ts';
import { Problem } from '../../problems/problem.ts';
import { cleanFolder, configFile, type ConfigFile } from './config-files.ts';
import { servedBySrvx } from './exported-app.ts';
import type { Outcome } from './outcome.ts';
import type { JsProject } from './project.ts';
import type { Line } from './script-line.ts';

/** Workers of Cloudflare: a handler of requests, which srvx serves as well, unless it needs what only that platform has. */

/** https://developers.cloudflare.com/workers/wrangler/configuration/#bindings */
const BINDING = /(?:^|[{,])\s*(?:"(\w+)"\s*:|\[+\s*(?:env\.\w+\.)?(\w+)(?:\.\w+)*\s*\]|(\w+)\s*=)/gm;
const BINDINGS = new Set([
  'ai',
  'analytics_engine_datasets',
  'browser',
  'containers',
  'd1_databases',
  'dispatch_namespaces',
  'durable_objects',
  'hyperdrive',
  'images',
  'kv_namespaces',
  'mtls_certificates',
  'pipelines',
  'queues',
  'r2_buckets',
  'secrets_store_secrets',
  'send_email',
  'services',
  'vectorize',
  'workflows',
]);

export function wranglerConfig({ inventory, app }: JsProject): ConfigFile | undefined {
  const config = configFile(inventory, app.folder, 'wrangler.jsonc', 'wrangler.json', 'wrangler.toml');
  return config && { ...config, code: config.code.replaceAll(/^[ \t]*#.*$/gm, '') };
}

export const startsWrangler = ({ argv }: Line): boolean => baseName(argv[0] ?? '') === 'wrangler';

const valueOf = ({ code }: ConfigFile, key: string): string | undefined =>
  new RegExp(`(?:"${key}"\\s*:|^${key}\\s*=|[{,]\\s*${key}\\s*=)\\s*["']([^"'\\n]+)["']`, 'm').exec(code)?.[1];

/** What a worker comes to in a container; `alone` where no framework builds it. Throws `no-start-command` where the platform is a part of it. */
export function workerOutcome(project: JsProject, config: ConfigFile, alone: boolean): Outcome {
  const { inventory, app } = project;
  const from = { file: config.file, why: 'a worker of Cloudflare' };
  const main = cleanFolder(valueOf(config, 'main'));
  const folder = cleanFolder(valueOf(config, 'directory'));
  if (main === undefined && folder !== undefined) return { kind: 'site', folder, fallback: false, from };
  const bound = [...config.code.matchAll(BINDING)]
    .map(([, ...keys]) => keys.find((key) => key !== undefined) ?? '')
    .find((key) => BINDINGS.has(key));
  const text = inventory.text(joinPath(app.folder, main ?? '')) ?? '';
  const needs = bound ?? /['"](cloudflare:\w+)['"]/.exec(text)?.[1];
  if (alone && main !== undefined && needs === undefined && project.runtime === 'node') return servedBySrvx(main, from);
  throw new Problem('no-start-command', {
    detail: `${config.file} describes a worker of Cloudflare${needs === undefined ? '' : ` that needs ${needs}`}; nothing of that runs in a container.`,
    hint: 'Deploy it with wrangler, or say "command" in the manifest where the project has a server for Node.js as well.',
  });
}
