import { createInventory, type Inventory } from '../../src/inventory/inventory.ts';
import { makeKit, type KitRequest, type MadeKit } from '../../src/kit/index.ts';
import { checkManifest } from '../../src/manifest/parse.ts';
import { loadTemplates } from '../../src/render/load-templates.ts';

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

/** The text of one file of a kit. */
export function fileOf(kit: MadeKit, path: string): string {
  const file = kit.files.find((f) => f.path === path);
  if (!file) throw new Error(`no ${path} among ${kit.files.map((f) => f.path).join(', ')}`);
  return file.text;
}
