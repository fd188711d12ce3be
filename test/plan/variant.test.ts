import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planProject } from '../../src/generate/plan.ts';
import { understandProject } from '../../src/generate/project.ts';
import { inlineInventory } from '../../src/inventory/inventory.ts';
import { variants, type Variant } from '../../src/manifest/schema.ts';

const go = { 'go.mod': 'module example.com/x\n\ngo 1.26\n', 'main.go': 'package main\n\nfunc main() {}\n' };
const codes = (variant?: Variant): string[] =>
  planProject(understandProject(inlineInventory(go), variant === undefined ? {} : { image: { variant } }))
    .advice.map((a) => a.code)
    .filter((code) => code.startsWith('variant-'));

describe('a variant that is asked for', () => {
  test('says what it costs, unless it is slim or what the language takes anyway', () => {
    assert.deepEqual(codes(), []);
    const said = Object.fromEntries(variants.map((variant) => [variant, codes(variant)]));
    assert.deepEqual(said, {
      slim: [],
      alpine: ['variant-alpine'],
      distroless: [],
      debian: ['variant-debian'],
      scratch: ['variant-scratch'],
    });
  });
});
