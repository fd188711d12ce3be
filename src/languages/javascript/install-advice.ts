import type { Advice } from '../../plan/plan.ts';
import { allowsAllBuilds } from './install.ts';
import { registryVariables } from './install-files.ts';
import type { JsProject } from './project.ts';

/** What is not as exact as it could be, and how to make it so. */
export function installAdvice(project: JsProject): Advice[] {
  const { lock, locks, manager, inventory } = project;
  const advice: Advice[] = [];
  const remedy = { npm: 'npm install', pnpm: 'pnpm install', yarn: 'yarn install', bun: 'bun install' }[manager.name];
  if (lock?.drift !== undefined) {
    advice.push({
      code: 'drifted-lockfile',
      detail: `${lock.file} does not fit package.json: ${lock.drift}. Dependencies are installed without its exactness.`,
      hint: `Run \`${remedy}\` and keep the ${lock.file} that it writes.`,
      file: lock.file,
    });
  }
  if (lock?.refused !== undefined && manager.name === 'npm') {
    advice.push({
      code: 'peers-left-alone',
      detail: `${lock.file} was made with --legacy-peer-deps, and is installed so: ${lock.refused}.`,
      hint: 'Put `legacy-peer-deps=true` into .npmrc, or bring the packages to versions that fit each other.',
      file: lock.file,
    });
  }
  if (lock === undefined && inventory.complete && Object.keys(project.root.json.dependencies).length > 0) {
    advice.push({
      code: 'missing-lockfile',
      detail: `There is no lockfile of ${manager.name}: each build takes the newest versions that package.json allows.`,
      hint: `Run \`${remedy}\` and keep the lockfile that it writes.`,
    });
  }
  const others = locks.filter((l) => l.owner !== manager.name);
  if (lock !== undefined && others.length > 0) {
    advice.push({
      code: 'several-lockfiles',
      detail: `${lock.file} is used (${manager.from.why}); ${others.map((l) => l.file).join(', ')} is not.`,
      hint: 'Keep the lockfile of one package manager.',
    });
  }
  if (allowsAllBuilds(project)) {
    advice.push({
      code: 'install-scripts-allowed',
      detail:
        'pnpm runs the install scripts of all dependencies, because the project does not say which of them it trusts, and needs some.',
      hint: 'Run `pnpm approve-builds`, which writes the list down.',
    });
  }
  const secrets = registryVariables(project);
  if (secrets.length > 0) {
    advice.push({
      code: 'registry-secret',
      detail: `The registry's settings take ${secrets.join(', ')} from the environment; the install gets ${secrets.length > 1 ? 'them' : 'it'} as a build secret.`,
      hint: `docker build ${secrets.map((name) => `--secret id=${name}`).join(' ')} .`,
    });
  }
  return advice;
}
