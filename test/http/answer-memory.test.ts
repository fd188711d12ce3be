import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createAnswerMemory } from '../../src/http/answer-memory.ts';
import { startService } from '../support/service.ts';

/** A memory that holds two small answers, and what it had made. */
function twoAnswers() {
  const made: string[] = [];
  const memory = createAnswerMemory(2 * 1024 + 100);
  const ask = (key: string, length = 256): string =>
    memory.answer(key, () => {
      made.push(key);
      return { body: key.repeat(length), language: 'node' };
    }).body;
  return { made, ask };
}

describe('answers that are remembered', () => {
  test('are made once', () => {
    const { made, ask } = twoAnswers();
    assert.equal(ask('a'), ask('a'));
    assert.deepEqual(made, ['a']);
  });

  test('make room for others, those asked for least lately first', () => {
    const { made, ask } = twoAnswers();
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) ask(key);
    assert.deepEqual(made, ['a', 'b', 'c', 'b']);
  });

  test('give their room back', () => {
    const { made, ask } = twoAnswers();
    for (let i = 0; i < 100; i++) ask(`key ${i}`, 32);
    ask('x');
    ask('x');
    assert.equal(made.filter((key) => key === 'x').length, 1);
  });

  test('are not kept where they alone are too large, nor where none are', () => {
    const { made, ask } = twoAnswers();
    ask('a');
    ask('large', 4000);
    ask('large', 4000);
    ask('a');
    assert.deepEqual(made, ['a', 'large', 'large']);
    const none = createAnswerMemory(0);
    assert.equal(none.answer('a', () => ({ body: '1', language: 'go' })).body, '1');
    assert.equal(none.answer('a', () => ({ body: '2', language: 'go' })).body, '2');
  });

  test('are not kept where making them fails', () => {
    const memory = createAnswerMemory(10_000);
    assert.throws(() =>
      memory.answer('a', () => {
        throw new Error('no');
      }),
    );
    assert.equal(memory.answer('a', () => ({ body: 'yes', language: 'go' })).body, 'yes');
  });
});

describe('a manifest that is sent again', () => {
  const manifest = { language: 'static', files: { 'index.html': '<h1>hello</h1>' } };

  test('has the same answer, by operation, media type and query, and is counted', async () => {
    const service = await startService();
    const ask = async (path: string, accept: string): Promise<string> => {
      const response = await fetch(`${service.url}/v1/manifest/${path}`, {
        method: 'POST',
        headers: { accept, 'content-type': 'application/json' },
        body: JSON.stringify(manifest),
      });
      assert.equal(response.status, 200);
      return `${response.headers.get('content-type')} ${response.headers.get('etag')} ${await response.text()}`;
    };
    const ways = [
      ['dockerfile', 'text/plain'],
      ['dockerfile', 'application/json'],
      ['dockerfile?port=9000', 'text/plain'],
      ['dockerignore', 'text/plain'],
    ] as const;
    const first = [];
    for (const [path, accept] of ways) first.push(await ask(path, accept));
    const second = [];
    for (const [path, accept] of ways) second.push(await ask(path, accept));
    assert.deepEqual(second, first);
    assert.equal(new Set(first).size, ways.length);
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    assert.match(metrics, /^dockwright_builds_total\{language="static"\} 8$/m);
    await service.close();
  });
});
