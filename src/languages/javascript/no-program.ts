import { Problem } from '../../problems/problem.ts';
import type { App } from './app.ts';
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

/** The problem that a start script calls Firebase's own tool, which emulates the platform for those who develop on it. */
export const onFirebase = ({ file }: Package, command: string): Problem =>
  new Problem('no-start-command', {
    detail: `The start script of ${file} is ${command}, a tool for development: what it starts runs on the platform of Firebase.`,
    hint: 'Deploy it with `firebase deploy`; or serve one of its HTTPS functions by @google-cloud/functions-framework, with "start": "functions-framework --target=NAME".',
    members: { file },
  });
