import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeBuild } from '../../src/generate/build.ts';
import { loadTemplates } from '../../src/render/load-templates.ts';
import { inventoryOf } from '../support/directory.ts';
import { readFixtures } from '../support/fixtures.ts';
import { treeOf } from '../support/trees.ts';

const tools = { templates: loadTemplates(), version: 'test' };

/** The warnings about sources of a project's own Dockerfile, as `code path:line`. */
function warnings(dockerfile: readonly string[], ignore: readonly string[], files: readonly string[]): string[] {
  const tree = treeOf({
    ...Object.fromEntries(files.map((path) => [path, 1])),
    Dockerfile: ['FROM scratch', ...dockerfile].join('\n'),
    '.dockerignore': ignore.join('\n'),
  });
  const build = makeBuild({ tree, manifest: { context: { dockerignore: 'keep' } }, dockerfile: 'keep' }, tools);
  return build.warnings.map(
    ({ code, detail, line }) =>
      `${code} ${/copies (\S+),/.exec(detail)?.[1] ?? ''}${line === undefined ? '' : `:${line}`}`,
  );
}

describe('sources of the Dockerfile against what is sent', () => {
  const cases: readonly (readonly [
    string,
    readonly string[],
    readonly string[],
    readonly string[],
    readonly string[],
  ])[] = [
    ['a file that is ignored', ['COPY a.txt /'], ['*.txt'], ['a.txt'], ['copy-source-ignored a.txt:1']],
    ['a file that is not there', ['COPY b.txt /'], [], ['a.txt'], ['copy-source-missing b.txt']],
    ['a file that came back', ['COPY a.txt /'], ['*', '!a.txt'], ['a.txt'], []],
    ['a folder that is ignored whole', ['COPY src /src'], ['# x', 'src'], ['src/a'], ['copy-source-ignored src:2']],
    ['a folder of which something came back', ['COPY src/ /src'], ['src', '!src/a'], ['src/a', 'src/b'], []],
    [
      'a file below an ignored folder',
      ['ADD ./dist/app.js /'],
      ['dist'],
      ['dist/app.js'],
      ['copy-source-ignored ./dist/app.js:1'],
    ],
    [
      'a pattern of which one is left',
      ['COPY *.json /'],
      ['package-lock.json'],
      ['package.json', 'package-lock.json'],
      [],
    ],
    [
      'a pattern of which none is left',
      ['COPY *.json /'],
      ['*.json'],
      ['package.json'],
      ['copy-source-ignored *.json:1'],
    ],
    [
      'a bind mount',
      ['RUN --mount=type=bind,source=go.sum,target=/s x'],
      ['go.sum'],
      ['go.sum'],
      ['copy-source-ignored go.sum:1'],
    ],
    ['the whole context', ['COPY . /', 'COPY ./ /x'], ['*'], ['a'], []],
    [
      'what comes from elsewhere',
      ['COPY --from=x a /', 'ADD https://e.example/a /', 'COPY <<EOF /f', 'COPY gone /', 'EOF'],
      [],
      ['a'],
      [],
    ],
    ['a variable of the build', ['ARG WHAT', 'COPY $WHAT /'], [], ['a'], []],
    ['a variable with a value', ['ARG WHAT=b', 'COPY ${WHAT} /'], [], ['a'], ['copy-source-missing b']],
    ['a path that climbs, which the builder keeps inside', ['COPY ../a /a'], [], ['a'], []],
  ];
  for (const [what, dockerfile, ignore, files, expected] of cases)
    test(what, () => assert.deepEqual(warnings(dockerfile, ignore, files), expected));

  for (const { name, source, request } of readFixtures())
    test(`${name}: everything that the generated Dockerfile reads is sent`, () => {
      const build = makeBuild({ tree: inventoryOf(source), manifest: request, dockerfile: 'generate' }, tools);
      assert.deepEqual(
        build.warnings.filter((w) => w.code.startsWith('copy-source-')),
        [],
      );
    });
});
