import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import * as z from 'zod';
import { isKeptText } from '../../src/generate/kept-text.ts';
import { makeBuild } from '../../src/generate/build.ts';
import { inlineInventory } from '../../src/inventory/inventory.ts';
import { languages } from '../../src/languages/index.ts';
import { parseManifest } from '../../src/manifest/parse.ts';
import { manifestSchema } from '../../src/manifest/schema.ts';
import { referenceOf } from '../../src/plan/mirror.ts';
import type { FinishedPlan, Stage, Step } from '../../src/plan/plan.ts';
import { Problem } from '../../src/problems/problem.ts';
import { loadTemplates } from '../../src/render/load-templates.ts';
import { inventoryOf } from '../support/directory.ts';
import { readFixtures } from '../support/fixtures.ts';
import type { Outcome } from './archives.ts';
import { startBuildKit, type ParsedInstruction } from './buildkit.ts';
import { hostileText, valuesOf } from './schema-values.ts';

/**
 * Random manifests over the schema, with the files of a fixture in which words are replaced: what BuildKit's own parser
 * reads in each Dockerfile has to be what the plan holds, value for value, and nothing more.
 */

const BATCH = 200;
const FIELDS_OF_DETECTION = new Set(['runtime', 'packageManager', 'framework']);

interface Case {
  readonly language: string;
  readonly text: string;
}

const projects = readFixtures().map(({ name, source, request }) => {
  const tree = inventoryOf(source);
  const texts = tree.entries
    .filter((e) => e.kind === 'file' && isKeptText(e.path))
    .map((e) => [e.path, tree.text(e.path) ?? ''] as const);
  return {
    language: request.language ?? languages.find(({ id }) => name === id || name.startsWith(`${id}-`))?.id ?? '',
    files: Object.fromEntries(texts),
  };
});

const edits = fc.array(fc.tuple(fc.nat(), fc.nat(), hostileText), { maxLength: 3 });

/** Some words of some files become others; in JSON, as JSON writes them. */
function edited(
  files: Readonly<Record<string, string>>,
  changes: readonly (readonly [number, number, string])[],
): Record<string, string> {
  const result = { ...files };
  const paths = Object.keys(files);
  for (const [file, word, text] of changes) {
    const path = paths[file % Math.max(1, paths.length)] ?? '';
    const words = [...(result[path] ?? '').matchAll(/[\w.@/-]+/g)];
    const found = words[word % Math.max(1, words.length)];
    if (!found) continue;
    const written = path.endsWith('.json') ? JSON.stringify(text).slice(1, -1) : text;
    const before = result[path] ?? '';
    result[path] = before.slice(0, found.index) + written + before.slice(found.index + found[0].length);
  }
  return result;
}

const settings = valuesOf(
  z.toJSONSchema(manifestSchema.omit({ app: true, language: true, files: true }), { io: 'input' }) as Parameters<
    typeof valuesOf
  >[0],
);
const cases: fc.Arbitrary<Case> = fc
  .tuple(settings as fc.Arbitrary<Record<string, unknown>>, fc.constantFrom(...projects), edits, fc.nat({ max: 9 }))
  .map(([manifest, { language, files }, changes, chance]) => {
    const kept = Object.entries(manifest).filter(([key]) => chance === 0 || !FIELDS_OF_DETECTION.has(key));
    const whole = { ...Object.fromEntries(kept), language, files: edited(files, changes) };
    return { language, text: JSON.stringify(whole) };
  });

const baseOf = (base: Stage['base']): string =>
  base === 'scratch' ? base : 'stage' in base ? base.stage : referenceOf(base);

/** The builder matches sources as globs, and what begins with `<<` or a byte order mark is written behind `./`. */
const sourceOf = (path: string, glob: boolean): string =>
  `${/^(\d*<<|\uFEFF)/.test(path) ? './' : ''}${glob ? path : path.replaceAll(/[*?[\]\\]/g, String.raw`\$&`)}`;

/** A step of the plan as the parser would have it. */
function expected(step: Step): Omit<ParsedInstruction, 'line'> {
  switch (step.kind) {
    case 'run':
      return Array.isArray(step.command)
        ? { kind: 'run', words: step.command as readonly string[] }
        : { kind: 'run', shell: true };
    case 'copy':
      return { kind: 'copy', words: [...step.sources.map((path) => sourceOf(path, step.glob === true)), step.to] };
    case 'file':
      return { kind: 'copy', words: [step.path], text: step.text };
    case 'workdir':
      return { kind: 'workdir', words: [step.path] };
    case 'env':
      return { kind: 'env', pairs: step.vars };
    case 'label':
      return { kind: 'label', pairs: step.labels };
    case 'arg':
      return { kind: 'arg', words: step.value ? [step.name, step.value] : [step.name] };
    case 'user':
      return { kind: 'user', words: [`${step.uid}:${step.gid}`] };
    case 'expose':
      return { kind: 'expose', words: [String(step.port)] };
    case 'volume':
      return { kind: 'volume', words: step.paths };
    case 'healthcheck':
      return { kind: 'healthcheck', words: ['CMD', ...step.argv] };
    case 'stopsignal':
      return { kind: 'stopsignal', words: [step.signal] };
    case 'entrypoint':
    case 'cmd':
      break;
  }
  return { kind: step.kind, words: step.argv };
}

const instructionsOf = ({ stages }: FinishedPlan): Omit<ParsedInstruction, 'line'>[] =>
  stages.flatMap((stage) => [{ kind: 'from', words: [baseOf(stage.base), stage.name] }, ...stage.steps.map(expected)]);

/** Shell text is one word to the parser, and was quoted by the `sh` tag; all else is compared value for value. */
function same(wanted: Omit<ParsedInstruction, 'line'>, found: ParsedInstruction): boolean {
  if (wanted.shell) return found.kind === 'run' && found.shell === true && found.words?.length === 1;
  const filled = ({ kind, words = [], pairs = {}, text = '', shell = false }: Omit<ParsedInstruction, 'line'>) => ({
    kind,
    words,
    pairs,
    text,
    shell,
  });
  return isDeepStrictEqual(filled(wanted), filled(found));
}

export async function fuzzManifests(count: number, seed: number): Promise<Outcome> {
  const started = await startBuildKit();
  if (!started) return { table: { 'NO GO ON THIS MACHINE: LEFT OUT': {} }, failures: [] };
  const buildKit = started;
  const tools = { templates: loadTemplates(), version: 'fuzz' };
  const rows = new Map<string, { manifests: number; Dockerfiles: number; instructions: number; refused: number }>();
  const failures: string[] = [];

  async function faultOf({ language, text }: Case): Promise<string | undefined> {
    const row = rows.get(language) ?? { manifests: 0, Dockerfiles: 0, instructions: 0, refused: 0 };
    rows.set(language, row);
    row.manifests += 1;
    let build: ReturnType<typeof makeBuild>;
    try {
      const manifest = parseManifest(text, 'The manifest');
      build = makeBuild({ tree: inlineInventory(manifest.files), manifest, dockerfile: 'generate' }, tools);
    } catch (error) {
      if (!(error instanceof Problem)) return String((error as Error).stack);
      row.refused += 1;
      return undefined;
    }
    row.Dockerfiles += 1;
    const { dockerfile, plan } = build;
    const parsed = await buildKit.parse(dockerfile.text);
    if (parsed.error !== undefined) return parsed.error;
    const found = parsed.instructions ?? [];
    row.instructions += found.length;
    const wanted = plan ? instructionsOf(plan) : [];
    if (found.length !== wanted.length) return `${found.length} instructions, ${wanted.length} planned`;
    const wrong = wanted.findIndex(
      (one, n) => !same(one, found[n] as ParsedInstruction) || dockerfile.steps[n]?.line !== found[n]?.line,
    );
    return wrong < 0
      ? undefined
      : `planned ${JSON.stringify(wanted[wrong])}, read ${JSON.stringify(found[wrong])}, at line ${dockerfile.steps[wrong]?.line}`;
  }

  for (let done = 0; done < count; done += BATCH) {
    const numRuns = Math.min(BATCH, count - done);
    for (const one of fc.sample(cases, { seed: seed + done, numRuns })) {
      const fault = await faultOf(one);
      if (fault !== undefined && failures.length < 20)
        failures.push(`seed ${seed + done}: ${fault.slice(0, 600)}\n  ${one.text.slice(0, 1500)}`);
    }
  }
  buildKit.close();
  return { table: Object.fromEntries([...rows].sort(([a], [b]) => a.localeCompare(b))), failures };
}
