import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ContextAnalysis } from '../../src/context/analysis.ts';
import { analyseProject } from '../../src/generate/analyse.ts';
import { Problem } from '../../src/problems/problem.ts';
import { loadTemplates } from '../../src/render/load-templates.ts';
import { treeOf } from '../support/trees.ts';

const tools = { templates: loadTemplates(), version: 'test' };

function analysed(
  files: Readonly<Record<string, string | number>>,
  { mode = 'keep', digests = {} }: { mode?: 'keep' | 'generate'; digests?: Readonly<Record<string, string>> } = {},
): ContextAnalysis {
  return analyseProject(
    { tree: treeOf(files), manifest: {}, dockerfile: mode, digests: new Map(Object.entries(digests)), speeds: [8] },
    tools,
  );
}

const shop = {
  Dockerfile: [
    'FROM node:24 AS build',
    'WORKDIR /app',
    'COPY package.json .npmrc ./',
    'RUN npm ci',
    'COPY src src',
    'RUN npm run build',
    'FROM node:24-slim',
    'COPY --from=build /app/dist /app',
    'COPY public /public',
    'CMD ["node", "/app"]',
  ].join('\n'),
  '.dockerignore': 'node_modules\n*.tmp\n/dist/\n',
  'package.json': '{}',
  '.npmrc': '//registry.example.com/:_authToken=npm_0123456789abcdefghijklmnopqrstuvwxyz\n',
  '.env': 'PORT=80\nDB_PASSWORD=hunter2\n',
  'src/index.js': 'x',
  'public/a.png': 5000,
  'public/b.png': 5000,
  'public/.env.local': 'API_KEY=k\n',
  'node_modules/x/index.js': 90_000,
  'dist/app.js': 400,
  '.git/pack': 70_000,
  'link-out': '->/etc/passwd',
  'link-gone': '->nowhere',
  'link-modules': '->node_modules/x',
  'link-loop': '->link-loop',
  'link-fine': '->src/index.js',
};

describe('the analysis of a context', () => {
  const analysis = analysed(shop, { digests: { 'public/a.png': 'd', 'public/b.png': 'd', 'src/index.js': 'e' } });
  const { summary, patterns } = analysis;

  test('adds up: sent and ignored are the project, and what ours save is the difference', () => {
    assert.equal(summary.sent.bytes + summary.ignored.bytes, summary.project.bytes);
    assert.equal(summary.sent.files + summary.ignored.files, summary.project.files);
    assert.equal(summary.sent.bytes - summary.proposed.bytes, summary.saves.bytes);
    assert.equal(summary.ignored.bytes, 90_400);
    const byPattern = patterns.own.reduce((sum, p) => sum + p.ignores.bytes, 0);
    assert.equal(byPattern, summary.ignored.bytes);
    assert.equal(
      patterns.ours.reduce((sum, p) => sum + p.saves.bytes, 0),
      summary.saves.bytes,
    );
    for (const parts of [analysis.folders, analysis.extensions]) {
      const total = parts.reduce((sum, p) => sum + p.sent.bytes + p.avoidable.bytes + p.ignored.bytes, 0);
      assert.equal(total, summary.project.bytes);
    }
  });

  test('says what each line of the ignore file does, and which fits nothing', () => {
    assert.deepEqual(
      patterns.own.map(({ line, pattern, ignores, matches }) => [line, pattern, ignores.files, matches]),
      [
        [1, 'node_modules', 1, true],
        [2, '*.tmp', 0, false],
        [3, '/dist/', 1, true],
      ],
    );
    assert.equal(patterns.ours[0]?.pattern, '.git');
    assert.equal(patterns.ours[0].saves.bytes, 70_000);
  });

  test('says how far each secret gets, and never what it is', () => {
    assert.deepEqual(
      analysis.secrets.items.map(({ path, line, today, proposed, copiedBy }) => [
        path,
        line,
        today,
        proposed,
        copiedBy,
      ]),
      [
        ['.env', 2, 'context', 'ignored', undefined],
        ['.npmrc', 1, 'build-stage', 'build-stage', 3],
        ['public/.env.local', 1, 'image', 'ignored', 9],
      ],
    );
    assert.doesNotMatch(JSON.stringify(analysis), /hunter2|npm_0123|API_KEY=k/);
  });

  test('says what an edit makes the build run again', () => {
    const rerun = (path: string) => analysis.edits.find((e) => e.paths.includes(path))?.reruns;
    assert.deepEqual(rerun('package.json'), [3, 4, 5, 6, 8, 9]);
    assert.deepEqual(rerun('src/'), [5, 6, 8, 9]);
    assert.deepEqual(rerun('public/'), [9]);
    assert.deepEqual(rerun('link-fine'), []);
    assert.deepEqual(analysis.edits.find((e) => e.paths.includes('src/'))?.feeds, [5]);
  });

  test('counts what the Dockerfile reads of what is sent', () => {
    assert.deepEqual(summary.read, { files: 5, bytes: 10_000 + 2 + shop['.npmrc'].length + 1 });
  });

  test('finds the same content, links that lead nowhere, and names that are one elsewhere', () => {
    assert.deepEqual(analysis.duplicates, {
      groups: 1,
      wasted: 5000,
      largest: [{ bytes: 5000, copies: 2, wasted: 5000, paths: ['public/a.png', 'public/b.png'] }],
    });
    assert.deepEqual(
      analysis.links.items.map(({ path, why }) => [path, why]),
      [
        ['link-gone', 'missing'],
        ['link-loop', 'loop'],
        ['link-modules', 'ignored'],
        ['link-out', 'outside'],
      ],
    );
    const twins = analysed({ 'README.md': 'a', 'readme.md': 'b', é: 'c', 'e\u0301': 'd' });
    assert.deepEqual(
      twins.collisions.items.map((c) => c.paths.length),
      [2, 2],
    );
  });

  test('estimates uploads of the tar at the speeds that were asked for', () => {
    const [upload] = analysis.upload;
    assert.equal(upload?.megabitsPerSecond, 8);
    assert.ok(upload.seconds > upload.proposedSeconds);
    assert.ok(upload.proposedSeconds * 1e6 > summary.proposed.bytes);
  });

  test('takes a project in no language that is known', () => {
    const unknown = analysed(
      { 'main.cob': 'x', '.git/pack': 10, '.dockerignore': 'notes\n', 'notes/a': 5 },
      { mode: 'generate' },
    );
    assert.equal(unknown.dockerfile.origin, 'none');
    assert.equal(unknown.warnings[0]?.code, 'no-language');
    assert.equal(unknown.summary.ignored.bytes, 5);
    assert.equal(unknown.patterns.ours.find((p) => p.pattern === '.git')?.saves.bytes, 10);
    assert.deepEqual(unknown.summary.read, { files: 0, bytes: 0 });
  });

  test('takes the project’s own Dockerfile where none can be made', () => {
    const own = analysed({ 'main.cob': 'x', Dockerfile: 'FROM scratch\nCOPY main.cob /\n' }, { mode: 'generate' });
    assert.equal(own.dockerfile.origin, 'own');
    assert.deepEqual(own.edits, [{ paths: ['main.cob'], feeds: [2], reruns: [2] }]);
  });

  test('refuses what Docker would refuse', () => {
    assert.throws(
      () => analysed({ 'index.html': 'x', '.dockerignore': '[' }),
      (error) => error instanceof Problem && error.slug === 'invalid-dockerignore',
    );
  });

  test('is about the generated Dockerfile and its lines', () => {
    const site = analysed({ 'index.html': '<p>', 'style.css': 'p {}', '.env': 'A_SECRET=1' }, { mode: 'generate' });
    assert.equal(site.dockerfile.origin, 'generated');
    const line = site.edits.find((e) => e.paths.includes('index.html'))?.feeds[0];
    assert.match(site.dockerfile.steps.find((s) => s.line === line)?.text ?? '', /^COPY /);
  });

  test('stays small for a large project', () => {
    const files = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, i) => [`d${i % 700}/e${i % 11}/f${i}.x${i % 90}`, i]),
    );
    const large = analysed(files, { mode: 'generate' });
    assert.ok(JSON.stringify(large).length < 300_000);
    assert.equal(large.summary.project.files, 20_000);
  });
});
