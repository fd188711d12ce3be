import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { looksSecret } from '../../src/generate/secrets.ts';
import { planProject } from '../../src/generate/plan.ts';
import { understandProject } from '../../src/generate/project.ts';
import { inlineInventory } from '../../src/inventory/inventory.ts';
import { renderDockerfile } from '../../src/render/dockerfile.ts';
import { loadTemplates } from '../../src/render/load-templates.ts';

describe('what looks like a secret', () => {
  test('by its name', () => {
    for (const name of ['DB_PASSWORD', 'API_KEY', 'STRIPE_SECRET_KEY', 'GITHUB_TOKEN', 'SECRET_KEY_BASE', 'SENTRY_DSN'])
      assert.ok(looksSecret(name, 'hunter2hunter2'), name);
  });

  test('by its value', () => {
    assert.ok(looksSecret('THING', `ghp_${'a'.repeat(36)}`));
    assert.ok(looksSecret('DATABASE_URL', 'postgres://app:s3cret@db/app'));
  });

  test('not a setting that only sounds like one, nor a place for a value', () => {
    for (const [name, value] of [
      ['TOKEN_TTL', '3600'],
      ['PASSWORD_MIN_LENGTH', '8'],
      ['API_KEY', ''],
      ['API_KEY', '<your key>'],
      ['JWT_SECRET', '${JWT_SECRET}'],
      ['DATABASE_URL', 'postgres://db/app'],
      ['SECRET_KEY_BASE', 'dummy'],
      ['PRIVATE_KEY', '/run/secrets/key'],
    ] as const)
      assert.ok(!looksSecret(name, value), `${name}=${value}`);
  });
});

describe('secrets of a manifest', () => {
  const project = understandProject(inlineInventory({ 'go.mod': 'module example.com/app\n\ngo 1.26\n' }), {
    language: 'go',
    command: ['app'],
    run: { env: { LOG_LEVEL: 'info', DB_PASSWORD: 'hunter2hunter2' } },
    build: { args: { FLAVOUR: 'x', NPM_TOKEN: 'abcdefabcdef' } },
  });
  const text = renderDockerfile(planProject(project), loadTemplates(), 'test').text;

  test('are not in the Dockerfile', () => {
    assert.doesNotMatch(text, /hunter2|abcdefabcdef/);
    assert.match(text, /LOG_LEVEL="info"/);
    assert.match(text, /--mount=type=secret,id=npm_token,env=NPM_TOKEN/);
  });

  test('are said', () => {
    assert.deepEqual(
      project.advice.filter((a) => a.code.startsWith('secret-')).map((a) => a.code),
      ['secret-in-env', 'secret-in-arg'],
    );
    assert.deepEqual(project.merged.manifest.run?.secrets, ['DB_PASSWORD']);
  });
});
