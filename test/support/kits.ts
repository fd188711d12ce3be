import { existsSync, readFileSync } from 'node:fs';
import { createInventory, type Inventory } from '../../src/inventory/inventory.ts';
import { makeKit, type KitRequest, type MadeKit } from '../../src/kit/index.ts';
import { checkManifest, parseManifest } from '../../src/manifest/parse.ts';
import { loadTemplates } from '../../src/render/load-templates.ts';
import { inventoryOf } from './directory.ts';

const tools = { templates: loadTemplates(), version: 'test' };

/** A whole project of a few files. */
export function treeOf(files: Readonly<Record<string, string>>): Inventory {
  const texts = new Map(Object.entries(files).map(([path, text]) => [path, { text, truncated: false }]));
  return createInventory(
    Object.entries(files).map(([path, text]) => ({ path, kind: 'file', size: text.length, mode: 0o644 })),
    texts,
  );
}

/** A server in Go, the smallest that is one. */
export const GO_SERVICE = {
  'go.mod': 'module example.com/orders\n\ngo 1.26\n',
  'main.go':
    'package main\n\nimport (\n\t"net/http"\n\t"os"\n)\n\nfunc main() {\n\thttp.ListenAndServe(":"+os.Getenv("PORT"), nil)\n}\n',
};

interface Options extends Partial<Omit<KitRequest, 'manifest' | 'tree'>> {
  readonly files?: Readonly<Record<string, string>>;
}

/** The kit of a project, with a manifest as it would be sent. */
export function kitFor(
  manifest: object = {},
  { files = GO_SERVICE, existing = 'keep', ...options }: Options = {},
): MadeKit {
  return makeKit(
    { tree: treeOf(files), manifest: checkManifest(manifest, 'the manifest'), existing, ...options },
    tools,
  );
}

const fixtures = new URL('../kit/fixtures/', import.meta.url).pathname;

/** The kit of a folder of `test/kit/fixtures`, made anew. */
export function kitOfFixture(name: string): MadeKit {
  const asked = `${fixtures}${name}/request.json`;
  const manifest = existsSync(asked) ? parseManifest(readFileSync(asked, 'utf8'), 'request.json') : {};
  return makeKit({ tree: inventoryOf(`${fixtures}${name}/source`), manifest, existing: 'keep' }, tools);
}

/** The text of one file of a kit. */
export function fileOf(kit: MadeKit, path: string): string {
  const file = kit.files.find((f) => f.path === path);
  if (!file) throw new Error(`no ${path} among ${kit.files.map((f) => f.path).join(', ')}`);
  return file.text;
}

/** A manifest that says something of everything. */
export const everything = {
  name: 'orders',
  version: '1.2.0',
  image: { name: 'registry.example.com/shop/orders', platforms: ['linux/amd64', 'linux/arm64'] },
  health: { path: '/healthz' },
  run: {
    env: { GREETING: 'a $HOME ${{ x }} $(y)', LOG_LEVEL: 'info' },
    secrets: ['DB_PASSWORD'],
    volumes: [{ path: 'config', access: 'read' }, { path: 'data' }, { path: 'logs' }],
  },
  build: { secrets: ['npm-token'], args: { FLAVOUR: 'x' } },
  environments: {
    staging: { deploy: { namespace: 'staging' } },
    production: {
      deploy: { replicas: 3, host: 'orders.example.com', cpu: '250m', memory: '1Gi' },
      run: { env: { LOG_LEVEL: 'warn' } },
    },
  },
};

/** Kits of each kind of workload, and of what goes into many files. */
export const kitCases: Readonly<Record<string, { manifest: object; files?: Record<string, string> }>> = {
  'a service with everything': { manifest: everything, files: { ...GO_SERVICE, 'config/app.yaml': 'level: info\n' } },
  'a service with nothing said': { manifest: {} },
  'a worker': { manifest: { workload: 'worker' } },
  'a scheduled job': { manifest: { workload: 'cron', schedule: '*/5 * * * *', run: { volumes: [{ path: 'data' }] } } },
  'a job on files': { manifest: { workload: 'job', run: { volumes: [{ path: 'data' }] } } },
  'a static site': { manifest: {}, files: { 'index.html': '<p>hello' } },
  'secrets in Vault': {
    manifest: { run: { secrets: ['TOKEN'], secretStore: { kind: 'vault', path: 'apps/orders' } } },
  },
  'a script before the program': {
    manifest: { image: { variant: 'slim' }, entrypoint: { required: ['DATABASE_URL'] } },
  },
  'a Procfile': { manifest: {}, files: { ...GO_SERVICE, Procfile: 'web: orders\nworker: orders -queue\n' } },
};
