import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { folder, NODE, send, type Service } from './service.ts';
import { smallArchive, smallProject } from './small-project.ts';
import { median } from './statistics.ts';

/** The small project, by a generator for Node.js that is run as a process, as people do in a script. */

const PEER = '@flydotio/dockerfile';
const RUNS = 10;
const run = promisify(execFile);

function writeProject(target: string): void {
  for (const [path, text] of Object.entries(smallProject)) {
    const file = join(target, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** The generator's script, installed beside the project; undefined where the registry cannot be reached. */
async function install(): Promise<string | undefined> {
  const home = join(folder, 'peer');
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{}');
  try {
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', PEER], { cwd: home });
    return join(home, 'node_modules', PEER, 'index.js');
  } catch {
    return undefined;
  }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

export async function peer(ours: Service): Promise<void> {
  const script = await install();
  if (script === undefined) {
    console.log(`\n${PEER} cannot be installed here: not compared.`);
    return;
  }
  const project = join(folder, 'peer-project');
  writeProject(project);
  const archive = smallArchive();
  const times = { theirs: [] as number[], ours: [] as number[] };
  for (let i = 0; i < 50; i++) await send(ours, '/v1/source/dockerfile', archive);
  for (let i = 0; i < RUNS; i++) {
    times.theirs.push(await timed(async () => run(NODE, [script, '--force'], { cwd: project })));
    for (let j = 0; j < 10; j++) times.ours.push(await timed(async () => send(ours, '/v1/source/dockerfile', archive)));
  }
  const [their, our] = [median(times.theirs), median(times.ours)];
  console.log(`\nThe same project to a Dockerfile, by a generator that is run as a process. Median of ${RUNS}.\n`);
  console.log('| way | ms | times as fast | wanted |\n| --- | ---: | ---: | ---: |');
  console.log(`| \`${PEER}\`, a process | ${their.toFixed(0)} | | |`);
  console.log(`| source/dockerfile, over HTTP | ${our.toFixed(1)} | ${(their / our).toFixed(0)} | 50 |`);
}
