import { format } from 'prettier';
import { settingDescriptions } from '../src/config.ts';

const groups: readonly (readonly [title: string, about: string, names: RegExp])[] = [
  [
    'Listening and logs',
    'Logs are JSON lines on standard output.',
    /^(HOST|PORT|LOG_LEVEL|DOCS|METRICS|SHUTDOWN_DELAY_MS)$/,
  ],
  [
    'Access',
    'Without any of these, everybody who reaches the service may use it; where it does not listen on loopback only, it says so in its log. `/`, `/docs`, `/openapi.json`, `/livez`, `/readyz` and `/problems/…` are open always.',
    /^(ACCESS_|OIDC_|CORS_)/,
  ],
  ['Limits by caller', 'Beyond it, 429 with Retry-After.', /^(RATE_|REDIS_|TRUST_)/],
  [
    'Room for uploads',
    'An upload for which there is no room gets 503 with Retry-After, before its body is read.',
    /^(SPOOL_|MEMORY_|UPLOAD)/,
  ],
  ['Limits of one request', 'Each is named in the 413 that it causes.', /^LIMIT_/],
];

const inCode = (text: string): string => (text === '' ? '' : /^[\w.:/-]+$/.test(text) ? `\`${text}\`` : text);

const table = (rows: readonly { name: string; description: string; fallback: string }[]): string =>
  [
    '| variable | default | what it is |',
    '| --- | --- | --- |',
    ...rows.map(
      ({ name, description, fallback }) =>
        `| \`${name}\` | ${inCode(fallback)} | ${description.replaceAll('|', '\\|')} |`,
    ),
  ].join('\n');

/** The page, as prettier writes it. Every setting is in it: what fits no group comes last. */
export async function configurationPage(): Promise<string> {
  const all = settingDescriptions();
  const named = groups.map(([title, about, names]) => ({
    title,
    about,
    rows: all.filter(({ name }) => names.test(name)),
  }));
  const rest = all.filter(({ name }) => !groups.some(([, , names]) => names.test(name)));
  const sections = [...named, ...(rest.length > 0 ? [{ title: 'More', about: '', rows: rest }] : [])].map(
    ({ title, about, rows }) => `## ${title}\n\n${about}\n\n${table(rows)}`,
  );
  const page = [
    '# Configuration',
    '',
    'Everything is set by environment variables; an empty one counts as not set. A wrong value stops the start, with every fault named at once.',
    'This page is written by `npm run openapi` from `src/config.ts`.',
    '',
    ...sections,
    '',
  ].join('\n\n');
  return format(page, { parser: 'markdown', printWidth: 120 });
}
