import { readFileSync } from 'node:fs';
import createClient from 'openapi-fetch';
import type { paths } from './schema.js';

const client = createClient<paths>({ baseUrl: process.env['DOCKWRIGHT_URL'] ?? '' });

// A manifest becomes a Dockerfile, with the reason of each step.
const { data: rendered } = await client.POST('/v1/manifest/dockerfile', {
  body: { language: 'static', port: 8081 },
  headers: { accept: 'application/json' },
});
if (typeof rendered === 'object')
  console.log('dockerfile:', rendered.dockerfile.includes('EXPOSE 8081'), rendered.steps.length);

// An archive and a manifest become a build context, as a tar.
const form = new FormData();
form.set('manifest', new Blob([JSON.stringify({ port: 9000 })], { type: 'application/json' }));
form.set('archive', new Blob([readFileSync(process.env['ARCHIVE'] ?? '')]), 'project.tar');
const { data: packed } = await client.POST('/v1/source/context', {
  body: { archive: 'project.tar' },
  bodySerializer: () => form,
  parseAs: 'arrayBuffer',
});
console.log('context:', Buffer.from(packed ?? new ArrayBuffer()).includes('EXPOSE 9000'));

// What cannot be planned comes back as a problem, typed.
const { error: refused } = await client.POST('/v1/manifest/dockerfile', { body: { name: 'nothing-known' } });
if (refused) console.log('problem:', refused.type, refused.status, Boolean(refused.hint));
