import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toArgv } from '../../src/plan/command.ts';

describe('a command as people write it', () => {
  const cases: readonly [string, readonly string[]][] = [
    ['node server.js', ['node', 'server.js']],
    ['uvicorn main:app --host 0.0.0.0', ['uvicorn', 'main:app', '--host', '0.0.0.0']],
    [`python -c "print('a b')"`, ['python', '-c', "print('a b')"]],
    [String.raw`echo a\ b`, ['echo', 'a b']],
    [`echo ''`, ['echo', '']],
    [`gunicorn 'app:create_app()'`, ['gunicorn', 'app:create_app()']],
    ['node server.js $PORT', ['/bin/sh', '-c', 'exec node server.js $PORT']],
    ['node "$FILE"', ['/bin/sh', '-c', 'exec node "$FILE"']],
    ['a && b', ['/bin/sh', '-c', 'a && exec b']],
    ['NODE_ENV=production node x', ['/bin/sh', '-c', 'exec env NODE_ENV=production node x']],
    ['a | b', ['/bin/sh', '-c', 'a | b']],
    ['a; b', ['/bin/sh', '-c', 'a; b']],
    ['cd app && node x', ['/bin/sh', '-c', 'cd app && exec node x']],
    [`echo 'open`, ['/bin/sh', '-c', `exec echo 'open`]],
  ];
  for (const [line, argv] of cases) {
    test(line, () => assert.deepEqual(toArgv(line), argv));
  }

  test('an argv stays as it is', () => {
    assert.deepEqual(toArgv(['a b', '$x']), ['a b', '$x']);
  });
});
