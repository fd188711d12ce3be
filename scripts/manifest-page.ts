import { format } from 'prettier';
import * as z from 'zod';
import { manifestSchema } from '../src/manifest/schema.ts';

/** The manifest as a person writes it; a test reads it by the schema. */
export const MANIFEST_SAMPLE = `name: orders-api
version: 1.2.0
language: python
runtime: '3.14'
packageManager: uv
framework: fastapi
workload: service
command: [uvicorn, 'app.main:app', --host, 0.0.0.0, --port, '8000']
port: 8000
health: { path: /healthz }
processes:
  worker: [celery, --app, app.tasks, worker]
entrypoint:
  required: [DATABASE_URL] # the container ends at once, and says so, where it is not set
  steps: [python -m app.check] # run at every start; the program then takes the script's place
build:
  packages: [libpq-dev]
  secrets: [pypi_token] # docker build --secret id=pypi_token,env=PYPI_TOKEN …
  args: { COMMIT: '' }
run:
  packages: [libpq5]
  user: 10001
  env: { LOG_LEVEL: info }
  secrets: [DATABASE_URL] # named, never written out
  volumes:
    - { path: data, access: write }
    - { path: config, access: read }
image:
  variant: slim
  registry: mirror.example.com/hub
  labels: { org.opencontainers.image.vendor: Example }
context:
  exclude: [docs]
environments:
  development: { run: { env: { LOG_LEVEL: debug } } }
`;

interface Node {
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

const kind = ({ enum: values, type, items }: Node): string => {
  if (values) return values.map((value) => `\`${value}\``).join(', ');
  if (type === 'array') return `list${items?.properties ? ` of {${Object.keys(items.properties).join(', ')}}` : ''}`;
  return type === 'integer' ? 'number' : (type ?? 'text or list');
};

function rowsOf(node: Node, at: string): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, member]) => {
    const path = at === '' ? name : `${at}.${name}`;
    const own =
      member.description === undefined && member.properties
        ? []
        : [`| \`${path}\` | ${member.properties ? 'object' : kind(member)} | ${member.description ?? ''} |`];
    return name === 'environments' ? own : [...own, ...rowsOf(member, path)];
  });
}

/** docs/manifest.md, as prettier writes it: every field of the schema. */
export async function manifestPage(): Promise<string> {
  const { $defs: defs = {} } = z.toJSONSchema(manifestSchema, { io: 'input' }) as { $defs?: Record<string, Node> };
  const rows = rowsOf(defs['Manifest'] ?? {}, '');
  const page = [
    '# The manifest',
    'What Dockwright has to know of a project. Detection fills it from the project’s files; what you write goes over what is found. There is one schema for all of it: a `dockwright.yaml` (or `.yml`, `.json`) in the project, the part `manifest` of a form, and the body of `/v1/manifest/…`. Its JSON Schema, for editors, is served at `/v1/manifest.schema.json`. This page is written by `npm run docs` from `src/manifest/schema.ts`.',
    'What a request says goes over the project’s own file, that over what was detected, that over a default. Lists of system packages grow instead: what you name is added to what was found. `POST /v1/source/manifest` answers with the whole manifest, and for each value where it comes from and what it beat.',
    `\`\`\`yaml\n${MANIFEST_SAMPLE}\`\`\``,
    '## Fields',
    ['| field | value | what it is |', '| --- | --- | --- |', ...rows].join('\n'),
    'A command is a list of words, or one line that is split as a shell would split it; a line that needs a shell (a pipe, a variable) gets one, with the program in its place. No text may hold a line break or another control character.',
  ].join('\n\n');
  return format(page, { parser: 'markdown', printWidth: 120, singleQuote: true });
}
