import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The engine that images are built and run with: the one that DOCKER_HOST names, or the local one. Where the tool that
 * makes stand-ins for base images lies beside the project, it is used; elsewhere images are pulled.
 */

const STAND_INS = new URL('../../../shared/engine/engine', import.meta.url).pathname;
const hasStandIns = existsSync(STAND_INS);

export interface Done {
  readonly code: number;
  readonly out: string;
  /** Standard output and error, in the order in which they ended. */
  readonly text: string;
}

export interface RunOptions {
  readonly input?: Buffer | string;
  readonly cwd?: string;
  readonly seconds?: number;
}

/** Runs a program; resolves with its status, whatever it is. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Done> {
  const { input, cwd, seconds = 900 } = options;
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, timeout: seconds * 1000, stdio: ['pipe', 'pipe', 'pipe'] });
    let out = '';
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk;
      text += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    child.once('error', (error) => resolve({ code: 127, out, text: `${text}${error.message}` }));
    child.once('close', (code) => resolve({ code: code ?? 124, out, text }));
    child.stdin.once('error', () => undefined);
    child.stdin.end(input);
  });
}

export const docker = async (args: readonly string[], options?: RunOptions): Promise<Done> =>
  run('docker', args, options);

async function pointAtEngine(): Promise<void> {
  if (process.env['DOCKER_HOST'] !== undefined || !hasStandIns) return;
  const { out } = await run(STAND_INS, ['env']);
  for (const [, name = '', value = ''] of out.matchAll(/(\w+)=(\S+)/g)) process.env[name] = value;
}

/** True when there is an engine to build with; starts the one beside the project where there is none. */
export async function engineIsUp(): Promise<boolean> {
  await pointAtEngine();
  const answers = async (): Promise<boolean> => (await docker(['version'])).code === 0;
  if (await answers()) return true;
  return hasStandIns && (await run(STAND_INS, ['up'])).code === 0 && (await answers());
}

const FRONTEND = 'docker/dockerfile:1';
const FRONTEND_MODULE = 'github.com/moby/buildkit/frontend/dockerfile/cmd/dockerfile-frontend';
/** With these the frontend takes part in `docker build --check`. */
const FRONTEND_IMAGE = `FROM scratch
LABEL moby.buildkit.frontend.network.none="true" moby.buildkit.frontend.caps="moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,moby.buildkit.frontend.contexts"
COPY dockerfile-frontend /bin/dockerfile-frontend
ENTRYPOINT ["/bin/dockerfile-frontend"]
`;

const has = async (image: string): Promise<boolean> => (await docker(['image', 'inspect', image])).code === 0;

/** The frontend that every Dockerfile names in its first line, built from its Go module where it cannot be pulled. */
export async function ensureFrontend(): Promise<void> {
  if ((await has(FRONTEND)) || (await docker(['pull', FRONTEND])).code === 0) return;
  const folder = mkdtempSync(join(tmpdir(), 'frontend-'));
  try {
    writeFileSync(join(folder, 'go.mod'), 'module frontend\n\ngo 1.26\n');
    writeFileSync(join(folder, 'Dockerfile'), FRONTEND_IMAGE);
    const env = { ...process.env, CGO_ENABLED: '0' };
    const go = async (...args: string[]): Promise<void> =>
      new Promise((resolve, reject) => {
        execFile('go', args, { cwd: folder, env, maxBuffer: 1 << 26 }, (error) => (error ? reject(error) : resolve()));
      });
    await go('get', `${FRONTEND_MODULE}@latest`);
    await go('build', '-ldflags=-s -w', '-o', 'dockerfile-frontend', FRONTEND_MODULE);
    const built = await docker(['build', '-q', '-t', FRONTEND, folder]);
    if (built.code !== 0) throw new Error(`${FRONTEND} cannot be built:\n${built.text}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const JAVA_STORE = '/etc/ssl/certs/java/cacerts';

/**
 * Debian fills Java's store with the first certificate of each file only, and those that this machine trusts come in
 * one file: without the rest, Maven reaches nothing from a machine whose way out has a certificate of its own.
 */
async function fillJavaStore(image: string): Promise<void> {
  const fill = `openssl pkcs12 -export -nokeys -certpbe NONE -nomac -jdktrust anyExtendedKeyUsage -in /etc/ssl/certs/ca-certificates.crt -out ${JAVA_STORE} -passout pass:changeit`;
  const { code, text } = await docker(['build', '-q', '-t', image, '-'], {
    input: `FROM ${image}\nRUN if [ -e ${JAVA_STORE} ]; then ${fill}; fi\n`,
  });
  if (code !== 0) throw new Error(`the certificates of ${image} cannot be filled in:\n${text.slice(-800)}`);
}

/** Makes the base images that a Dockerfile names; the names of those that there is no way to. */
export async function ensureBases(dockerfile: string): Promise<string[]> {
  if (!hasStandIns) return [];
  const folder = mkdtempSync(join(tmpdir(), 'bases-'));
  try {
    const file = join(folder, 'Dockerfile');
    writeFileSync(file, dockerfile.replace(/^# syntax=.*\n/, ''));
    const { code, text } = await run(STAND_INS, ['bases', file], { seconds: 1200 });
    const made = [...text.matchAll(/^standins: made (\S+)$/gm)].map(([, name = '']) => name);
    for (const image of made.filter((name) => /^(maven|eclipse-temurin):/.test(name))) await fillJavaStore(image);
    if (code === 0) return [];
    const refused = [...text.matchAll(/^standins: (?!made )(\S+): /gm)].map(([, name = '']) => name);
    if (refused.length > 0) return refused;
    throw new Error(`the base images cannot be made:\n${text.slice(-800)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
