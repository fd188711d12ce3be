import { spawn } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeBuild } from '../../src/generate/build.ts';
import { planProject } from '../../src/generate/plan.ts';
import { loadTemplates } from '../../src/render/load-templates.ts';
import { inventoryOf } from '../support/directory.ts';
import type { Fixture } from '../support/fixtures.ts';
import type { TestService } from '../support/service.ts';
import { docker, run, type Done } from './engine.ts';

/** A fixture sent to the service as users send one, and built from what comes back. */

const tools = { templates: loadTemplates(), version: 'test' };

/** A folder as the tar that `tar c .` makes. */
export async function packFolder(folder: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const tar = spawn('tar', ['c', '-C', folder, '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const chunk of tar.stdout) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The context tar that the service answers with. */
export async function contextOf(
  { url }: Pick<TestService, 'url'>,
  folder: string,
  { request }: Fixture,
): Promise<Buffer> {
  const form = new FormData();
  form.set('manifest', JSON.stringify(request));
  form.set('archive', new Blob([new Uint8Array(await packFolder(folder))]), 'project.tar');
  const answer = await fetch(`${url}/v1/source/context`, { method: 'POST', body: form });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return Buffer.from(await answer.arrayBuffer());
}

export const buildImage = async (image: string, context: Buffer): Promise<Done> =>
  docker(['build', '--network=host', '--progress=plain', '-t', image, '-'], { input: context });

/** Stands in for every base image where only the rules of the check matter. */
export const ANY_BASE = 'debian:trixie-slim';

/** The same Dockerfile on that base: image references, not stages or `scratch`, in FROM and `--from=`. */
export function onOneBase(dockerfile: string): string {
  const stages = new Set([...dockerfile.matchAll(/ AS (\S+)$/gm)].map(([, name = '']) => name).concat('scratch'));
  return dockerfile
    .replaceAll(/^(FROM (?:--\S+ )*)(\S+)/gm, (line, head: string, ref: string) =>
      stages.has(ref) ? line : `${head}${ANY_BASE}`,
    )
    .replaceAll(/--from=(\S+)/g, (flag, ref: string) => (stages.has(ref) ? flag : `--from=${ANY_BASE}`));
}

/** What `docker build --check` has to say of a folder; nothing when all is well. */
export async function checkFolder(folder: string): Promise<string[]> {
  const { code, text } = await docker(['build', '--check', folder]);
  const warnings = [...text.matchAll(/^WARNING: .*/gm)].map(([line]) => line);
  return code === 0 || warnings.length > 0 ? warnings : [text.slice(-800)];
}

/** The same of a context tar. */
export async function checkWarnings(context: Buffer): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'check-'));
  try {
    await run('tar', ['x', '-C', folder], { input: context });
    return await checkFolder(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const folded = (text: string): string => text.replaceAll(/\\\n/g, ' ').replaceAll(/\s+/g, ' ').trim();

/** The RUN steps that install packages and dependencies, by stage, as the builder's log names them. */
export function dependencySteps({ source, request }: Fixture): { stage: string; text: string }[] {
  const { project, dockerfile } = makeBuild(
    { tree: inventoryOf(source), manifest: request, dockerfile: 'generate' },
    tools,
  );
  if (!project) return [];
  const written = dockerfile.steps.filter((step) => !step.instruction.startsWith('FROM '));
  const planned = planProject(project).stages.flatMap((stage) =>
    stage.steps.map((step) => ({ stage: stage.name, step })),
  );
  return planned.flatMap(({ stage, step }, i) =>
    step.kind === 'run' && (step.phase === 'packages' || step.phase === 'install')
      ? [{ stage, text: folded(written[i]?.instruction ?? '') }]
      : [],
  );
}

/** Which of those steps a build ran again, by its log (`--progress=plain`). */
export function stepsRunAgain(log: string, steps: readonly { stage: string; text: string }[]): string[] {
  const vertices = [...log.matchAll(/^#(\d+) \[(?:(\S+) +)?\d+\/\d+\] (RUN .*)$/gm)].map(
    ([, id = '', stage = '', text = '']) => ({
      id,
      stage,
      text: folded(text),
    }),
  );
  const cached = new Set([...log.matchAll(/^#(\d+) CACHED$/gm)].map(([, id = '']) => id));
  return steps.flatMap(({ stage, text }) => {
    const vertex = vertices.find((v) => v.stage === stage && v.text === text);
    if (!vertex) return [`the log has no step [${stage}] ${text}`];
    return cached.has(vertex.id) ? [] : [`an edit of the source runs again: [${stage}] ${text}`];
  });
}

/** The context of a fixture after a line break was added to the source file that it names. */
export async function editedContext(service: TestService, fixture: Fixture, file: string): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'edited-'));
  try {
    cpSync(fixture.source, folder, { recursive: true, verbatimSymlinks: true });
    appendFileSync(join(folder, file), '\n');
    return await contextOf(service, folder, fixture);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
