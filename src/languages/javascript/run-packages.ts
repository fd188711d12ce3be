import { joinPath } from '../../inventory/inventory.ts';
import { joinPackages } from '../../plan/packages.ts';
import type { Evidence, Os } from '../../plan/plan.ts';
import { packageOfProgram } from '../called-programs.ts';
import type { Called } from './called-programs.ts';
import { nativeModules } from './native.ts';
import type { JsProject } from './project.ts';

/** Runtimes that come with the image, or that the image is made of: see other-runtimes.ts. */
const RUNTIMES = /^(node|python3?)$/;

/** Packages of the system that the runtime needs: for modules, and for programs that the source starts. */
export function runPackages(
  project: JsProject,
  os: Os,
  started: readonly Called[],
): { readonly packages: readonly string[]; readonly evidence: Evidence } {
  const alpine = os === 'alpine';
  const native = nativeModules(project);
  const called = os === 'distroless' ? [] : started;
  const found = called.flatMap(({ program, from }) => {
    const name = RUNTIMES.test(program) ? undefined : packageOfProgram(program, alpine);
    return name === undefined ? [] : [{ name, why: from.why }];
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
