import { setTimeout as wait } from 'node:timers/promises';
import type { Run } from '../support/fixtures.ts';
import { docker } from './engine.ts';

/** A container of a built image: what it prints, what its port answers, and how it ends. */

/** How long a program may take until it does what is asked of it; generous, for machines are shared. */
const READY_SECONDS = 60;
/** `docker stop` waits for this long before it kills. */
const GRACE_SECONDS = 8;

interface Container {
  readonly id: string;
  readonly port: number | undefined;
}

const inspect = async (id: string, format: string): Promise<string> =>
  (await docker(['inspect', '-f', format, id])).out.trim();

const isRunning = async ({ id }: Container): Promise<boolean> => (await inspect(id, '{{.State.Running}}')) === 'true';

async function start(image: string, port: number | undefined, { env = {}, args = [] }: Run): Promise<Container> {
  const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const publish = port === undefined ? [] : ['-p', `127.0.0.1::${port}`];
  const started = await docker(['run', '-d', ...publish, ...variables, image, ...args]);
  if (started.code !== 0) throw new Error(`did not start: ${started.text.slice(-400)}`);
  const id = started.out.trim();
  const mapped = port === undefined ? '' : (await docker(['port', id, String(port)])).out;
  return { id, port: Number(/:(\d+)\s*$/m.exec(mapped)?.[1]) || undefined };
}

async function get(port: number | undefined, path: string): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port ?? 0}${path}`, {
      signal: AbortSignal.timeout(5000),
      redirect: 'manual',
    });
    return { status: answer.status, text: await answer.text() };
  } catch (error) {
    return { status: 0, text: String(error) };
  }
}

async function lacks(container: Container, { output = [], http = [] }: Run): Promise<string[]> {
  const log = output.length > 0 ? (await docker(['logs', container.id])).text : '';
  const faults = output.filter((text) => !log.includes(text)).map((text) => `the log lacks ${JSON.stringify(text)}`);
  for (const { path, status, text } of http) {
    const answer = await get(container.port, path);
    if (answer.status !== status) faults.push(`GET ${path}: ${answer.status}, not ${status}`);
    else if (text !== undefined && !answer.text.includes(text))
      faults.push(`GET ${path} lacks ${JSON.stringify(text)}: ${answer.text.slice(0, 200)}`);
  }
  return faults;
}

/**
 * Asks with the image's own health check, from a second container in the first one's network: `docker exec` leaves
 * the container's root where the engine itself runs in a chroot.
 */
async function health(image: string, container: Container, { env = {} }: Run): Promise<string[]> {
  const test = JSON.parse(await inspect(container.id, '{{json .Config.Healthcheck}}')) as { Test?: string[] } | null;
  const [kind, program, ...args] = test?.Test ?? [];
  if (kind !== 'CMD' || program === undefined) return [];
  const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const network = `--network=container:${container.id}`;
  const probe = await docker(['run', '--rm', network, ...variables, '--entrypoint', program, image, ...args]);
  return probe.code === 0 ? [] : [`its health check fails: ${probe.text.slice(-300)}`];
}

async function ends(container: Container, { exit }: Run): Promise<string[]> {
  if (exit !== undefined) {
    const waited = await docker(['wait', container.id], { seconds: READY_SECONDS });
    const status = Number(waited.out.trim());
    return status === exit ? [] : [`it ended with ${status}, not ${exit}`];
  }
  const began = performance.now();
  await docker(['stop', '-t', String(GRACE_SECONDS), container.id]);
  const seconds = (performance.now() - began) / 1000;
  const status = await inspect(container.id, '{{.State.ExitCode}}');
  return status === '137' ? [`it did not end on its stop signal (${seconds.toFixed(1)} s)`] : [];
}

/** Runs an image as its fixture asks; what is wrong with it, nothing when all is well. */
export async function proveContainer(image: string, asked: Run): Promise<string[]> {
  const [about] = JSON.parse((await docker(['image', 'inspect', image])).out) as [
    { Config: { User?: string; ExposedPorts?: Record<string, unknown> } },
  ];
  const { User: user = '', ExposedPorts: ports = {} } = about.Config;
  // A platform that sets PORT has the program listen there, whatever EXPOSE says.
  const port = Number.parseInt(asked.env?.['PORT'] ?? Object.keys(ports)[0] ?? '', 10) || undefined;
  const faults = /^(0|root)?(:|$)/.test(user) ? [`its user is "${user}"`] : [];
  const container = await start(image, port, asked);
  try {
    const until = performance.now() + READY_SECONDS * 1000;
    let missing = await lacks(container, asked);
    while (missing.length > 0 && performance.now() < until) {
      if (!(await isRunning(container)) && asked.exit === undefined) break;
      await wait(300);
      missing = await lacks(container, asked);
    }
    if (missing.length > 0) {
      const log = (await docker(['logs', '--tail', '30', container.id])).text;
      return [...faults, ...missing, `log: ${log.slice(-1500)}`];
    }
    if (asked.exit === undefined) {
      if (await isRunning(container)) faults.push(...(await health(image, container, asked)));
      else faults.push('it ended by itself; "exit" in run.json says when that is meant');
    }
    return [...faults, ...(await ends(container, asked))];
  } finally {
    await docker(['rm', '-f', '-v', container.id]);
  }
}
