import { baseName } from '../../inventory/inventory.ts';
import type { ServerOutcome } from './outcome.ts';
import { hit, sourcesOf, type Source } from './program-source.ts';
import type { JsProject } from './project.ts';
import { allDependencies } from './package-json.ts';

/**
 * A program that only exports its app, as platforms of functions want it: nothing in it listens, so it would end at once.
 * srvx listens for it. https://srvx.h3.dev/guide/cli
 */

export const SRVX = { name: 'srvx', version: '0.11' } as const;
export const SRVX_ARGV: readonly string[] = ['node', '/opt/srvx/node_modules/srvx/bin/srvx.mjs', '--prod'];

export const servedBySrvx = (file: string, from: ServerOutcome['from']): ServerOutcome => ({
  kind: 'server',
  argv: [...SRVX_ARGV, file],
  env: { HOST: '0.0.0.0' },
  from,
  port: 3000,
  runner: SRVX,
});

const APPS: Readonly<Record<string, RegExp>> = {
  hono: /^(?:export\s+)?(?:const|let|var)\s+(\w+)[^=\n]*=\s*new\s+(?:Hono|OpenAPIHono)\b/m,
  express: /^(?:export\s+)?(?:const|let|var)\s+(\w+)[^=\n]*=\s*express\s*\(/m,
  h3: /^(?:export\s+)?(?:const|let|var)\s+(\w+)[^=\n]*=\s*new\s+H3\b/m,
};
/** https://srvx.h3.dev/guide/handler */
const HANDLER = /^export\s+default\s+\{[^;]{0,400}?\bfetch\b\s*[(:]/m;
const LISTENS = /\.listen\s*\(|\bcreateServer\s*\(|\bserve\s*\(|\bserver\.(?:start|register)\s*\(/g;

/** Bun serves what a program exports with `fetch`, but for an Elysia, which is to be told. https://elysiajs.com/patterns/deploy */
const ELYSIA = /^export\s+default\s+new\s+Elysia\b|^(?:export\s+)?(?:const|let|var)\s+(\w+)[^=\n]*=\s*new\s+Elysia\b/m;

const exportsByDefault = ({ text }: Source, variable: string): boolean =>
  new RegExp(`^export\\s+default\\s+${variable}\\b`, 'm').test(text);

function elysiaServer(program: ServerOutcome, file: string, entry: Source): ServerOutcome {
  const found = ELYSIA.exec(entry.text);
  const [, variable] = found ?? [];
  if (!found || (variable !== undefined && !exportsByDefault(entry, variable))) return program;
  const path = JSON.stringify(`./${file.replace(/^\.\//, '')}`);
  return {
    ...program,
    argv: ['bun', '--eval', `import app from ${path}; app.listen({ hostname: '0.0.0.0', port: process.env.PORT });`],
    port: 3000,
    from: { file: entry.file, why: 'an Elysia is exported, and nothing listens' },
  };
}

/** The same program, with a server for the app that it exports; as it is where it listens by itself. */
export function withServer(project: JsProject, program: ServerOutcome): ServerOutcome {
  const file = program.argv.at(-1) ?? '';
  if (program.argv.length !== 2 || project.app.json.scripts['start'] !== undefined) return program;
  const sources = sourcesOf(project, [file]);
  const [entry] = sources;
  const stem = baseName(file).replace(/\.[cm]?[jt]s$/, '');
  if (!entry || baseName(entry.file).replace(/\.[cm]?[jt]s$/, '') !== stem) return program;
  if (hit(sources, LISTENS, '')) return program;
  if (project.runtime === 'bun') return elysiaServer(program, file, entry);
  const names = allDependencies(project.app);
  const variable = Object.entries(APPS)
    .filter(([name]) => names[name] !== undefined)
    .map(([, made]) => made.exec(entry.text)?.[1])
    .find((found) => found !== undefined);
  const app = variable !== undefined && exportsByDefault(entry, variable);
  if (!app && !HANDLER.test(entry.text)) return program;
  return servedBySrvx(file, {
    file: entry.file,
    why: `${app ? variable : 'a handler of requests'} is exported, and nothing listens`,
  });
}
