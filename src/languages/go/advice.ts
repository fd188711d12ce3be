import { joinPath } from '../../inventory/inventory.ts';
import type { Advice } from '../../plan/plan.ts';
import type { GoApp } from './app.ts';
import { layoutOf, modulesToDownload } from './layout.ts';
import { embeddedPlaces } from './source-file.ts';

/** What a user should know of a Go project, though it builds (or will not, and this says why). */

function sumsAdvice(app: GoApp): Advice[] {
  const { sums, workspace, vendor } = layoutOf(app);
  const file = joinPath(app.program.module.folder, 'go.sum');
  if (vendor === 'off') {
    return [
      {
        code: 'vendor-set-aside',
        detail: 'vendor/ does not hold what go.mod requires: the modules are downloaded instead.',
        hint: 'Run `go mod vendor`, or leave vendor/ out of the repository.',
        file: joinPath(app.program.module.folder, 'vendor/modules.txt'),
      },
    ];
  }
  if (sums !== 'absent' && sums !== 'stale') return [];
  const state = sums === 'absent' ? 'is missing' : 'does not hold all that go.mod requires';
  return [
    {
      code: sums === 'absent' ? 'missing-lockfile' : 'drifted-lockfile',
      detail: `${file} ${state}: ${workspace === 'used' ? 'the build may refuse it' : 'the build fetches the sums anew each time, unchecked'}.`,
      hint: 'Run `go mod tidy` and keep go.sum in the repository.',
      file,
    },
  ];
}

function noModuleAdvice(app: GoApp): Advice[] {
  const { project, program } = app;
  if (program.module.file !== undefined || !project.inventory.complete) return [];
  const kept = layoutOf(app).vendor === 'gopath';
  return [
    {
      code: 'no-go-mod',
      detail: kept
        ? 'There is no go.mod: the build takes the packages that the project holds, as before there were modules.'
        : 'There is no go.mod: the build makes one, with the newest version of everything that is imported.',
      hint: `Run \`go mod init ${program.module.path} && go mod tidy\` and keep go.mod and go.sum in the repository.`,
    },
  ];
}

function workspaceAdvice({ project }: GoApp): Advice[] {
  if (project.workspaceFault === undefined) return [];
  return [
    {
      code: 'workspace-set-aside',
      detail: `go.work is not used: ${project.workspaceFault}.`,
      hint: 'Send the folder that holds all of its modules.',
      file: 'go.work',
    },
  ];
}

/** Replacements by a folder that was not sent: the build cannot succeed. */
function replacementAdvice({ project, program }: GoApp): Advice[] {
  if (!project.inventory.complete) return [];
  return modulesToDownload(project, program.module).flatMap(({ folder, file }) =>
    (file?.localReplacements ?? [])
      .filter((r) => !isThere(project, folder, r.folder))
      .map((r) => ({
        code: 'missing-replacement',
        detail: `${joinPath(folder, 'go.mod')} replaces ${r.path} by ${r.folder}, which is not in the project.`,
        hint: 'Send the folder that holds both, and choose this module with ?app=.',
        file: joinPath(folder, 'go.mod'),
      })),
  );
}

function isThere({ modules }: GoApp['project'], from: string, written: string): boolean {
  const parts = from === '' ? [] : from.split('/');
  for (const part of written.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return false;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return modules.has(parts.join('/'));
}

function missingPackages({ project, reach }: GoApp): Advice[] {
  if (!project.inventory.complete) return [];
  const generated = project.inventory.files(/\.(templ|proto)$/).length > 0;
  return [...reach.missing]
    .filter(([path]) => !(generated && /(^|\/)(pb|proto|gen|views?|components?|templates?)(\/|$)/.test(path)))
    .map(([path, file]) => ({
      code: 'missing-package',
      detail: `${file} imports ${path}, which is not in the project.`,
      hint: 'If it is generated, keep it in the repository or generate it in build.command.',
      file,
    }));
}

function missingEmbeds({ project, reach, frontend }: GoApp): Advice[] {
  const { inventory } = project;
  if (!inventory.complete) return [];
  const made = new Set(frontend?.outputs.map((output) => output.path));
  return reach.files.flatMap((file) =>
    embeddedPlaces(file)
      .filter((place) => place !== '' && !inventory.isFile(place) && !inventory.isDirectory(place) && !made.has(place))
      .map((place) => ({
        code: 'missing-embed',
        detail: `${file.path} embeds ${place}, which is not in the project: the build will fail.`,
        hint: 'If a frontend’s build makes it, run that first and send the result along, or do both in build.command.',
        file: file.path,
      })),
  );
}

const PUBLIC_FORGES = new Set(['github.com', 'gitlab.com', 'bitbucket.org', 'codeberg.org', 'gitee.com', 'git.sr.ht']);

/** A module on the same private host as the project itself can only be had with its credentials. */
function privateAdvice({ program: { module } }: GoApp): Advice[] {
  const host = module.path.split('/')[0] ?? '';
  if (!host.includes('.') || PUBLIC_FORGES.has(host) || host === 'example.com') return [];
  const theirs = module.file?.requires.find((r) => r.path.startsWith(`${host}/`));
  if (!theirs) return [];
  return [
    {
      code: 'private-module',
      detail: `${theirs.path} may be private: it lies on ${host}, as the project does.`,
      hint: 'Give access as a build secret: build.secrets: [goproxy] sets GOPROXY for the steps that download, from docker build --secret id=goproxy.',
      file: joinPath(module.folder, 'go.mod'),
      line: theirs.line,
    },
  ];
}

function dataAdvice({ files }: GoApp): Advice[] {
  if (files.written.length === 0) return [];
  const place = files.written.find((folder) => folder !== '');
  return [
    {
      code: 'data-in-container',
      detail: 'The program makes files in its working directory; they are gone with the container.',
      hint: `Give what has to last a volume, such as run.volumes: [{path: ${place ?? 'data'}}].`,
    },
  ];
}

export const adviceOf = (app: GoApp): Advice[] => [
  ...workspaceAdvice(app),
  ...noModuleAdvice(app),
  ...sumsAdvice(app),
  ...replacementAdvice(app),
  ...missingPackages(app),
  ...missingEmbeds(app),
  ...privateAdvice(app),
  ...(app.cgo?.advice ?? []),
  ...app.serving.advice,
  ...dataAdvice(app),
];
