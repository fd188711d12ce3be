import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar-stream';
import { format } from 'prettier';
import { buildApp, committedDocument } from '../src/app.ts';
import { readConfig } from '../src/config.ts';
import { tarOf } from '../test/support/archives.ts';

interface Described {
  operationId: string;
  summary: string;
  description: string;
  parameters?: {
    name: string;
    in: string;
    description?: string;
    schema: { example?: unknown; description?: string };
  }[];
  requestBody?: { content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }> };
  responses: Record<string, { description: string; content?: Record<string, unknown> }>;
}

const MOST_LINES = 40;
const MOST_COLUMNS = 160;
const site = await tarOf({
  'index.html': '<h1>hello</h1>',
  'style.css': 'body {}',
  '.git/HEAD': 'ref: refs/heads/main',
});

function shortened(text: string): string {
  const lines = text.trimEnd().split('\n');
  const shown = lines
    .slice(0, MOST_LINES)
    .map((line) => (line.length > MOST_COLUMNS ? `${line.slice(0, MOST_COLUMNS)}…` : line));
  return [...shown, ...(lines.length > MOST_LINES ? [`… ${lines.length - MOST_LINES} more lines`] : [])].join('\n');
}

async function listOf(tar: Buffer): Promise<string> {
  const reader = extract();
  reader.end(tar);
  const names: string[] = [];
  for await (const entry of reader) {
    names.push(`${entry.header.name}  ${entry.header.size ?? 0}`);
    entry.resume();
  }
  return names.join('\n');
}

async function shown(type: string, response: Response): Promise<string> {
  const bytes = Buffer.from(await response.arrayBuffer());
  if (type === 'application/x-tar') return `${bytes.length} bytes of tar:\n${await listOf(bytes)}`;
  if (type === 'application/gzip') return `${bytes.length} bytes of gzip`;
  if (type === 'text/html') return `${bytes.length} bytes of HTML, one page without outside requests`;
  const text = bytes.toString();
  return shortened(type.endsWith('json') ? await format(text, { parser: 'json', printWidth: 100 }) : text);
}

async function section(url: string, method: string, path: string, operation: Described): Promise<string> {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    String(parameters.find((parameter) => parameter.name === name)?.schema.example),
  );
  const json = requestBody?.content['application/json'];
  const value = json?.example ?? Object.values(json?.examples ?? {})[0]?.value;
  const parts: string[] = [`## \`${method.toUpperCase()} ${path}\``, `${summary} (\`${operationId}\`). ${description}`];
  const queries = parameters.filter((parameter) => parameter.in === 'query');
  if (queries.length > 0) {
    parts.push(
      [
        '| query | |',
        '| --- | --- |',
        ...queries.map(
          (q) => `| \`${q.name}\` | ${(q.description ?? q.schema.description ?? '').replaceAll('|', '\\|')} |`,
        ),
      ].join('\n'),
    );
  }
  for (const type of Object.keys(responses['200']?.content ?? {})) {
    const body = requestBody === undefined ? undefined : json ? JSON.stringify(value) : new Uint8Array(site);
    const response = await fetch(`${url}${target}`, {
      method,
      headers: { accept: type, ...(json ? { 'content-type': 'application/json' } : {}) },
      ...(body === undefined ? {} : { body }),
    });
    const sent =
      requestBody === undefined
        ? ''
        : json
          ? ` -H 'Content-Type: application/json' -d '${JSON.stringify(value)}'`
          : ' -X POST -T -';
    const command = `${requestBody && !json ? 'tar c . | ' : ''}curl -sS${sent} -H 'Accept: ${type}' localhost:8080${target}`;
    parts.push(`\`\`\`sh\n${command}\n\`\`\``, `\`\`\`\n${await shown(type, response)}\n\`\`\``);
  }
  const refusals = Object.entries(responses).filter(([status]) => status !== '200');
  parts.push(
    ['Refused with:', ...refusals.map(([status, refusal]) => `- ${status}: ${refusal.description}`)].join('\n'),
  );
  return parts.join('\n\n');
}

/** docs/api.md: each operation with a request that is sent, here and now, and what the service answers. */
export async function apiPage(): Promise<string> {
  const spool = mkdtempSync(join(tmpdir(), 'dockwright-docs-'));
  const config = readConfig({ LOG_LEVEL: 'silent', SPOOL_DIR: spool });
  const app = await buildApp(config);
  try {
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const { paths } = committedDocument(config) as unknown as { paths: Record<string, Record<string, Described>> };
    const sections: string[] = [];
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        if (operation.operationId !== 'getMetrics') sections.push(await section(url, method, path, operation));
      }
    }
    const page = `# The API

Every answer below is a real one, written by \`npm run docs\`. The full contract is \`/openapi.json\`; \`/docs\` shows it.
\`GET /metrics\` is in [production.md](production.md). Without \`Accept\`, the text is given where there is one.

${sections.join('\n\n')}
`;
    return await format(page, { parser: 'markdown', printWidth: 120, embeddedLanguageFormatting: 'off' });
  } finally {
    await app.close();
    rmSync(spool, { recursive: true, force: true });
  }
}
