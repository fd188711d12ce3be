import { Problem } from '../../problems/problem.ts';
import type { App } from './app.ts';
import type { ConfigFile } from './config-files.ts';
import type { Package } from './package-json.ts';

/** The problem that nothing says how an app starts: with what was looked for, and what there is. */
export function noProgram({ project }: App): Problem {
  const { app, inventory } = project;
  const scripts = Object.keys(app.json.scripts);
  const listed = scripts.length > 0 ? `its scripts are ${scripts.join(', ')}` : 'it has no scripts';
  return new Problem('no-start-command', {
    detail: `Nothing in ${app.file} says which program to run: there is no start script, no main that is there, and no framework that is known (${listed}).`,
    hint: 'Add "start": "node server.js" to the scripts, or say "command" in the manifest or in dockwright.yaml.',
    members: {
      file: app.file,
      scripts,
      looked: ['scripts.start', 'main', 'bin', 'server.js', 'index.js', 'app.js', 'src/index.js'],
      found: inventory.names(app.folder).slice(0, 20),
    },
  });
}

/** A platform whose own tool a start script calls, which emulates it for those who develop on it. */
interface Platform {
  readonly name: string;
  readonly hint: string;
}

const PLATFORMS: readonly (readonly [RegExp, Platform])[] = [
  [
    /^firebase (functions:shell|emulators:\w+|serve)\b/,
    {
      name: 'Firebase',
      hint: 'Deploy it with `firebase deploy`; or serve one of its HTTPS functions by @google-cloud/functions-framework, with "start": "functions-framework --target=NAME".',
    },
  ],
  [
    /^func (host )?start\b/,
    {
      name: 'Azure Functions',
      hint: 'Deploy it with `func azure functionapp publish`; or build on an image of that platform, mcr.microsoft.com/azure-functions/node, with a Dockerfile of `func init --docker-only`.',
    },
  ],
  [
    /^meteor( run\b| --| \d|$)/,
    {
      name: 'Meteor',
      hint: 'Meteor builds by its own tool and with packages of its own: write a Dockerfile that runs `meteor build --directory`, and say dockerfile=keep.',
    },
  ],
  [
    /^(sls|serverless) offline\b|^sam local\b|^sst dev\b|^cdk watch\b/,
    { name: 'AWS Lambda', hint: 'Deploy it with that tool, or add a start script with a server for Node.js.' },
  ],
  [
    /^netlify dev\b|^ntl dev\b/,
    { name: 'Netlify', hint: 'Deploy it with `netlify deploy`, or add a start script with a server for Node.js.' },
  ],
  [
    /^vercel dev\b|^vc dev\b/,
    { name: 'Vercel', hint: 'Deploy it with `vercel`, or add a start script with a server for Node.js.' },
  ],
];

/** The platform that a command is the tool of. */
export const platformOf = (command: string): Platform | undefined =>
  PLATFORMS.find(([pattern]) => pattern.test(command))?.[1];

/** The problem that a start script calls such a tool, and that nothing else in the project could be started. */
export const onPlatform = ({ file }: Package, command: string, { name, hint }: Platform): Problem =>
  new Problem('no-start-command', {
    detail: `The start script of ${file} is ${command}, a tool for development: what it starts runs on the platform of ${name}.`,
    hint,
    members: { file },
  });

/** The problem that the configuration of a framework builds for a platform. `remedy` builds for Node.js. */
export const otherPlatform = (config: ConfigFile | undefined, adapter: string, remedy: string): Problem =>
  new Problem('no-start-command', {
    detail: `${config?.file ?? 'The configuration'} builds for another platform (${adapter}); that leaves nothing a container could run.`,
    hint: `Use ${remedy}, which builds a server for Node.js.`,
  });
