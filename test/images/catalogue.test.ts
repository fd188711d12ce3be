import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  catalogueDates,
  cycleFitting,
  cycleOf,
  cyclesOf,
  defaultCycle,
  lifeOf,
  pickTag,
} from '../../src/images/catalogue.ts';
import { officialImage } from '../../src/images/known.ts';

describe('the image catalogue', () => {
  test('is dated', () => {
    assert.match(catalogueDates.tags, /^\d{4}-\d{2}-\d{2}$/);
  });

  test('prefers the newest long-term line where there are such lines', () => {
    const line = defaultCycle('nodejs');
    assert.ok(line?.lts !== undefined && line.lts <= catalogueDates.cycles);
    assert.equal(Number(line.cycle) % 2, 0);
  });

  test('prefers the newest supported line where there are none', () => {
    const newest = cyclesOf('python').find((c) => c.released !== undefined && c.released <= catalogueDates.cycles);
    assert.equal(defaultCycle('python')?.cycle, newest?.cycle);
  });

  test('finds a line for a range: preferred, else supported, else the newest that fits', () => {
    const preferred = defaultCycle('nodejs')?.cycle;
    assert.equal(cycleFitting('nodejs', () => true)?.cycle, preferred);
    assert.equal(cycleFitting('nodejs', (v) => v.startsWith('18.'))?.cycle, '18');
    assert.equal(
      cycleFitting('nodejs', () => false),
      undefined,
    );
  });

  test('knows the line of a version, and its life', () => {
    assert.equal(cycleOf('python', '3.9.23')?.cycle, '3.9');
    assert.equal(cycleOf('python', '3.90'), undefined);
    assert.equal(lifeOf('python', '3.8').state, 'ended');
    assert.equal(lifeOf('python', '3.14').state, 'supported');
    assert.equal(lifeOf('cobol', '1').state, 'unknown');
  });

  test('names the tag on the same Debian for all stages where it is known, else the plain one', () => {
    assert.equal(officialImage('python', '3.14', 'slim').tag, '3.14-slim-trixie');
    assert.equal(officialImage('node', '24', 'slim').tag, '24-trixie-slim');
    assert.equal(officialImage('node', '24', '').tag, '24-trixie');
    assert.equal(officialImage('python', '3.7', 'slim').tag, '3.7-slim');
    assert.equal(officialImage('node', '24', 'alpine').tag, '24-alpine');
    assert.equal(pickTag('node', ['no-such-tag', 'nor-this']), 'nor-this');
  });
});
