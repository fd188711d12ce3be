import { joinPath } from '../../inventory/inventory.ts';
import { joinPackages } from '../../plan/packages.ts';
import type { Evidence, Os } from '../../plan/plan.ts';
import { packageOfProgram } from '../called-programs.ts';
import { nativeModules } from './native.ts';
import { sourcesOf } from './program-source.ts';
import type { JsProject } from './project.ts';

/** Packages of the system that the runtime needs: for modules, and for programs that the source starts. */

const CALLED =
  /\b(?:exec|execSync|spawn|spawnSync|execa|execaSync|execFile|execFileSync)\s*\(\s*['"`](?:\/usr(?:\/local)?\/bin\/)?([\w.-]+)(?:['"`]|\s+([\w-]+)?)/g;
/** What is asked of a repository that no image has. */
const OF_REPOSITORY = /^(rev-parse|describe|log|show|status|branch|diff|rev-list|config|remote|tag)$/;

/** Programs of the system that the sources start, each with its file. */
function calledPrograms(project: JsProject): [program: string, file: string][] {
  return sourcesOf(project, []).flatMap(({ file, text }) =>
    [...text.matchAll(CALLED)]
      .filter(([, program, first]) => program !== 'git' || !OF_REPOSITORY.test(first ?? ''))
      .map(([, program = '']): [string, string] => [program, file]),
  );
}

export function runPackages(
  project: JsProject,
  os: Os,
): { readonly packages: readonly string[]; readonly evidence: Evidence } {
  const alpine = os === 'alpine';
  const native = nativeModules(project);
  const called = os === 'distroless' ? [] : calledPrograms(project);
  const found = called.flatMap(([program, file]) => {
    const name = packageOfProgram(program, alpine);
    return name === undefined ? [] : [{ name, why: `${program} in ${file}` }];
  });
  return {
    packages: joinPackages(
      alpine ? native.alpine : native.run,
      found.map(({ name }) => name),
    ),
    evidence: {
      file: joinPath(project.app.folder, 'package.json'),
      why: [...new Set([...native.names, ...found.map(({ why }) => why)])].join(', '),
    },
  };
}
