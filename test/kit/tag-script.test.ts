import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { tagScriptText } from '../../src/kit/tag-script.ts';
import { Problem } from '../../src/problems/problem.ts';
import { environments, planTags, type TagRequest } from '../../src/tags/plan.ts';

describe('docker-tags.sh', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tags-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'docker-tags.sh');
  writeFileSync(file, tagScriptText());

  const byScript = ({ environment, version, branch, commit }: Omit<TagRequest, 'image'>): string[] | 'refused' => {
    const { status, stdout, stderr } = spawnSync('/bin/sh', [file], {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        ENVIRONMENT: environment,
        VERSION: version ?? '',
        BRANCH: branch ?? '',
        COMMIT: commit ?? '',
      },
    });
    if (status === 65) return 'refused';
    assert.equal(status, 0, stderr);
    return stdout.split('\n').filter((line) => line !== '');
  };
  const byPlan = (request: Omit<TagRequest, 'image'>): string[] | 'refused' => {
    try {
      return planTags({ image: 'app', ...request }).tags.map((t) => t.tag);
    } catch (error) {
      assert.ok(error instanceof Problem);
      return 'refused';
    }
  };

  const version = fc.option(
    fc.oneof(
      fc.tuple(fc.nat(12), fc.nat(12), fc.nat(12)).map((n) => n.join('.')),
      fc.constantFrom(
        'v1.2.3',
        '1.2',
        '1.2.3-rc.1',
        'v2.0.0-beta-2',
        '1.2.3+5',
        '01.2.3',
        '',
        'x',
        '1.2.3-',
        'v1.2.3 ',
        '1.2.3-rc_1',
      ),
    ),
    { nil: undefined },
  );
  const branch = fc.option(
    fc.oneof(
      fc.constantFrom(
        'main',
        'master',
        'release/1.2',
        'feature/New Thing!',
        '1.x',
        'v2',
        '---',
        'hotfix/',
        'ÄÖ',
        'main\n',
        '$(id)',
        '-n',
      ),
      fc.string({ maxLength: 80 }).filter((s) => !/[\0\n]/.test(s)),
    ),
    { nil: undefined },
  );
  const commit = fc.option(
    fc.oneof(
      fc.constantFrom('3F786850e387550fdab836ed7e6dc881de23001b', 'abcdef1'),
      fc.string({ unit: fc.constantFrom('a', 'F', '0', '9'), minLength: 7, maxLength: 64 }),
    ),
    { nil: undefined },
  );

  test('gives the tags of the plan, in its order', () => {
    fc.assert(
      fc.property(fc.constantFrom(...environments), version, branch, commit, (environment, v, b, c) => {
        // An empty variable is none to the script; a line break never comes out of git.
        fc.pre(v !== '' && b !== '' && !(b ?? '').includes('\n'));
        const request = { environment, version: v, branch: b, commit: c };
        assert.deepEqual(byScript(request), byPlan(request));
      }),
      { numRuns: 40 },
    );
  });
});
