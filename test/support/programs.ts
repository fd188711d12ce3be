import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Programs that read what is generated, and that few machines have: each is fetched once, and kept in the user's cache. */

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'dockwright');

/** A program and the arguments that come before one's own. */
type Command = readonly [program: string, ...args: string[]];

function ran(program: string, args: readonly string[], cwd?: string): string {
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args[0] ?? ''} fails: ${error?.message ?? stderr.slice(-800)}`);
}

/** A file or folder of the cache; `make` puts it where it is told, and it is moved into place when it is whole. */
function kept(name: string, make: (target: string, folder: string) => void): string {
  const path = join(cache, name);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'making-'));
  try {
    const target = join(folder, name);
    make(target, folder);
    renameSync(target, path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return path;
}

/** The suite of Debian that has a Compose of today; the ones before it have the first, in Python. */
const SUITE = 'forky';
const PLUGIN = 'usr/libexec/docker/cli-plugins/docker-compose';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Debian's package, from the mirror that this machine uses, without installing it. */
function fetchCompose(target: string, folder: string): void {
  const targets = spawnSync('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Origin: Debian'], {
    encoding: 'utf8',
  });
  const mirror = /^https?:\S+(?=\/debian\/?$)/m.exec(targets.stdout ?? '')?.[0] ?? 'http://deb.debian.org';
  const list = join(folder, 'sources.list');
  writeFileSync(list, `deb [signed-by=${KEYRING}] ${mirror}/debian ${SUITE} main\n`);
  for (const name of ['lists', 'cache']) mkdirSync(join(folder, name));
  const options = [
    `Dir::Etc::sourcelist=${list}`,
    'Dir::Etc::sourceparts=-',
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
  ].flatMap((option) => ['-o', option]);
  ran('apt-get', ['-qq', ...options, 'update']);
  ran('apt-get', ['-qq', ...options, 'download', 'docker-compose'], folder);
  const deb = readdirSync(folder).find((name) => name.endsWith('.deb')) ?? '';
  ran('dpkg-deb', ['--extract', deb, 'root'], folder);
  renameSync(join(folder, 'root', PLUGIN), target);
}

/** Compose: the docker client's own, or one that is fetched. */
export function compose(): Command {
  if (spawnSync('docker', ['compose', 'version']).status === 0) return ['docker', 'compose'];
  return [kept('docker-compose', fetchCompose)];
}

/** Lints workflows of GitHub Actions, their expressions and scripts. */
export const actionlint: Command = ['go', 'run', 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12'];

/** Reads templates of CloudFormation, those of AWS SAM too, by the schemas of the resources. */
export function cfnLint(): Command {
  const version = '1.58.0';
  // Paths of its own are in it, so that it is made where it stays.
  const home = join(cache, `cfn-lint-${version}`);
  const program = join(home, 'bin', 'cfn-lint');
  if (!existsSync(program)) {
    rmSync(home, { recursive: true, force: true });
    ran('python3', ['-m', 'venv', home]);
    ran(join(home, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', `cfn-lint==${version}`]);
  }
  return [program];
}

/** A file of a Go module, such as the definition of a Kubernetes resource beside the code that serves it. */
export function fileOfGoModule(module: string, path: string): string {
  const { Dir } = JSON.parse(ran('go', ['mod', 'download', '-json', module])) as { Dir: string };
  return readFileSync(join(Dir, path), 'utf8');
}

/** A file of a Python package, without installing it. */
export function fileOfWheel(name: string, version: string, path: string): string {
  const file = kept(`${name}-${version}-${path.replaceAll('/', '-')}`, (target, folder) => {
    ran('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', folder, `${name}==${version}`]);
    const wheel = readdirSync(folder).find((entry) => entry.endsWith('.whl')) ?? '';
    ran('python3', ['-m', 'zipfile', '--extract', join(folder, wheel), join(folder, 'files')]);
    renameSync(join(folder, 'files', path), target);
  });
  return readFileSync(file, 'utf8');
}
