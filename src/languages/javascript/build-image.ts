import type { ImageRef, Step } from '../../plan/plan.ts';
import { nodeImage } from './node-version.ts';
import { buildDependencies, type JsProject } from './project.ts';
import { nativeModules } from './native.ts';

/** The image that dependencies are installed and the app is built in. */

/** Dependencies from a repository are fetched by git, which the slim image lacks. */
const FROM_GIT =
  /^(git[+@:]|github:|gitlab:|bitbucket:|gist:|[\w-]+\/[\w.-]+(#|$)|https?:\/\/(www\.)?(github|gitlab)\.com\/[^/]+\/[^/]+?(\.git)?(#|$))/;

const needsGit = (project: JsProject): boolean =>
  Object.values(buildDependencies(project)).some((spec) => FROM_GIT.test(spec));

/** True where install scripts may compile: the image with compilers, Python and git is taken. */
const needsCompilers = (project: JsProject): boolean => nativeModules(project).compiled || needsGit(project);

export const nodeBuildImage = (project: JsProject, version: string): ImageRef =>
  nodeImage(version, needsCompilers(project) ? '' : 'slim');

/**
 * Headers of Node.js come with its image: node-gyp need not fetch them. pnpm hands no `npm_…` on to scripts, but does
 * so in capitals, which node-gyp reads too. https://github.com/nodejs/node-gyp#environment-variables
 * Without JOBS it compiles one file after the other: https://github.com/nodejs/node-gyp/blob/main/lib/build.js
 */
const compilerEnv = ({ manager }: JsProject): Readonly<Record<string, string>> => ({
  JOBS: 'max',
  npm_config_nodedir: '/usr/local',
  ...(manager.name === 'pnpm' ? { NPM_CONFIG_NODEDIR: '/usr/local' } : {}),
});

export const buildEnvSteps = (project: JsProject): Step[] =>
  nativeModules(project).compiled
    ? [
        {
          kind: 'env',
          vars: compilerEnv(project),
          why: 'modules are compiled on all processors, against the headers that the image brings, not downloaded ones',
        },
      ]
    : [];
