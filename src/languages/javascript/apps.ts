import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import { understandApp } from './app.ts';
import { nxApplications, nxDefaultFolder } from './nx-projects.ts';
import { readPackage, type Package } from './package-json.ts';
import { startsContainers } from './programs.ts';
import { readProject, withApp, type JsProject } from './project.ts';
import { foldersIn } from './script-folders.ts';
import { isMember, workspaceMembers, workspacePatterns, workspaceRoot } from './workspace.ts';

/** Which packages of a workspace can be run, and which root is nothing but the workspace that holds them. */

export const ofWorkspace = (tree: Inventory, app: string): string | undefined => workspaceRoot(tree, app);

const NOT_APPS =
  /(^|[/-])(e2e|storybook|eslint-config\S*|tsconfig|typescript-config|config|configs|tests?|examples?|benchmarks?|playground)$/;

/** A package that is published is used by others; one that only has a page for development is no app. */
function canRun(project: JsProject, pkg: Package): boolean {
  if (NOT_APPS.test(pkg.folder)) return false;
  const { scripts, main, name } = pkg.json;
  const used = project.members.some(
    (m) => m !== pkg && name !== undefined && { ...m.json.devDependencies, ...m.json.dependencies }[name] !== undefined,
  );
  if (used && scripts['start'] === undefined) return false;
  try {
    const { outcome, framework } = understandApp(withApp(project, pkg));
    if (outcome === undefined) return false;
    const started = ['start', 'start:prod', 'serve'].some((script) => scripts[script] !== undefined);
    return (
      started ||
      (framework !== undefined && main === undefined) ||
      (framework !== undefined && outcome.kind === 'server') ||
      project.inventory.isFile(joinPath(pkg.folder, 'Dockerfile'))
    );
  } catch {
    return true;
  }
}

/** The folders of members that can be run, where the inventory's root is a workspace. */
export function appFolders(inventory: Inventory): string[] {
  const ofNx = nxApplications(inventory);
  if (ofNx.length === 0 && workspacePatterns(inventory, readPackage(inventory, '')).length === 0) return [];
  const project = readProject(inventory, '');
  const apps = [...project.members, ...ofNx].filter((pkg) => canRun(project, pkg)).map((pkg) => pkg.folder);
  const own = startedByNx(project) ?? startedMember(project);
  if (apps.includes(own)) return [own];
  const telling = [/^(apps|services|sites)\//, NOT_SHOWN].map((pattern) =>
    apps.filter((folder) => pattern.test(folder)),
  );
  return telling.find((found) => found.length > 0) ?? apps;
}

/** Members that nobody shows or tests something with. */
const NOT_SHOWN = /^(?!(.*\/)?(__\w+__|fixtures?|examples?|e2e|tests?|demos?|playgrounds?)\/)/;

/** The project that the root’s start script has Nx serve: the one it names, or the default one. */
function startedByNx({ inventory, root }: JsProject): string | undefined {
  const [served, name] = /\bnx (?:serve|start)(?: ([\w@/-]+))?/.exec(root.json.scripts['start'] ?? '') ?? [];
  return served === undefined ? undefined : nxDefaultFolder(inventory, name);
}

/** The member that the root’s own start script starts; '' where it starts none of them. */
function startedMember(project: JsProject): string {
  if (project.root.json.scripts['start'] === undefined) return '';
  try {
    return understandApp(withApp(project, project.root)).project.app.folder;
  } catch {
    return '';
  }
}

/** A package.json for tools alone, beside folders with apps of their own. */
function nothingRuns(inventory: Inventory): boolean {
  try {
    return inventory.complete && understandApp(readProject(inventory, '')).outcome === undefined;
  } catch {
    return false; // there is something to say about it
  }
}

/** Scripts that run those of members. */
const FOR_ALL =
  /\b(turbo|nx|lerna|rush|moon|wireit|preconstruct)\b|(^|\s)(-r|--recursive|--filter|--workspaces?|-w|workspaces? foreach|workspace)\b/;

type Scripts = Readonly<Record<string, string>>;

const SIDE_BY_SIDE = /^(?:npx )?(?:concurrently|npm-run-all|run-p)\s/;
const CALLS = /^(?:npm run|npm:|npm|yarn run|yarn|pnpm run|pnpm|bun run) ?([\w:.-]+)$/;
const DEPTH = 4;

/** What a script starts in the end: the last command of each line that runs beside the others, by way of other scripts. */
function started(scripts: Scripts, text: string, depth = 0): string[] {
  const sideBySide = SIDE_BY_SIDE.test(text);
  const commands = sideBySide
    ? [...text.matchAll(/"([^"]+)"|'([^']+)'|\s(?!-)([\w:.-]+)(?=\s|$)/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? '')
    : text.split(/(?<![&>\d])&(?!&)|;/);
  return commands.flatMap((command) => {
    // Of another folder's scripts nothing is known here.
    const last = (/^\s*cd\s/.test(command) ? command : (command.split('&&').at(-1) ?? '')).trim();
    const name = CALLS.exec(last)?.[1] ?? (sideBySide ? last : '');
    const called = scripts[name];
    if (called !== undefined && depth < DEPTH) return started(scripts, called, depth + 1);
    return last === '' || (sideBySide && !last.includes(' ')) ? [] : [last];
  });
}

/** Whether a start script starts members, or containers of them. */
function startsMembers({ scripts }: Package['json'], start: string): boolean {
  const all = started(scripts, start);
  return FOR_ALL.test(start) || (all.length > 0 && all.every((c) => FOR_ALL.test(c) || startsContainers(c)));
}

/** A start script that does no more than to start several packages of other folders side by side. */
function startsOthers(inventory: Inventory, { json: { scripts } }: Package): boolean {
  const start = scripts['start'] ?? '';
  const commands = SIDE_BY_SIDE.test(start) ? started(scripts, start) : [];
  return (
    commands.length > 1 &&
    commands.every((command) => {
      const [folder] = foldersIn(command);
      return folder !== undefined && inventory.isFile(joinPath(folder, 'package.json'));
    })
  );
}

/** True for a root that holds a workspace together, or tools, and that nothing says how to start. */
export function isOnlyWorkspace(inventory: Inventory): boolean {
  const root = readPackage(inventory, '');
  const patterns = workspacePatterns(inventory, root);
  if (!root || isMember(patterns, '')) return false;
  if (!inventory.isFile('project.json') && nxApplications(inventory).length > 0) return true;
  if (workspaceMembers(inventory, root).length === 0) return nothingRuns(inventory) || startsOthers(inventory, root);
  const { outcome, project, framework } = understandApp(readProject(inventory, ''));
  if (outcome === undefined) return true;
  const { start } = root.json.scripts;
  if (start !== undefined)
    return project.app.folder !== '' || (startsMembers(root.json, start) && appFolders(inventory).length > 0);
  // A framework among the root's dependencies says little: members share them.
  return (
    framework !== undefined && (root.json.scripts['build'] === undefined || FOR_ALL.test(root.json.scripts['build']))
  );
}
