import { nearestFirst, parentOf } from '../../inventory/inventory.ts';
import { nodeTools } from '../javascript/modules-stage.ts';
import { pluginOf, settingsOf, type MavenModule } from './maven.ts';
import type { JavaProject } from './project.ts';

/** Builds that call Node.js' tools for their pages. Plugins that download Node.js themselves need none of it. */

const TOOL = String.raw`(?:npm|npx|yarn|pnpm|node|bun)(?:\.cmd)?`;
const GRADLE_CALLS = new RegExp(
  String.raw`\b(?:commandLine|executable|exec)\b[^\n]{0,80}?["']${TOOL}["']|\b(?:ProcessBuilder)\(\s*["']${TOOL}["']`,
);
const ANT_CALLS = new RegExp(String.raw`<exec\b[^>]{0,400}\bexecutable="${TOOL}"`);
/** It takes Node.js from the PATH unless it is told to download it. https://github.com/node-gradle/gradle-node-plugin */
const NODE_PLUGINS = new Set(['com.github.node-gradle.node', 'com.moowork.node']);

const isTool = (word: string): boolean => new RegExp(`^${TOOL}$`).test(word);

const mavenCalls = (maven: MavenModule): boolean =>
  settingsOf(maven, pluginOf(maven, 'exec-maven-plugin'), 'executable').some(isTool);

function callsNode({ inventory, modules, gradle }: JavaProject): boolean {
  if (modules.some((m) => m.maven && (mavenCalls(m.maven) || ANT_CALLS.test(inventory.text(m.file) ?? ''))))
    return true;
  return (gradle?.projects ?? []).some(({ texts, plugins }) => {
    const byPlugin = plugins.some((p) => NODE_PLUGINS.has(p.id));
    const downloads = texts.some(({ text }) => /\bdownload\b\s*(?:=|\.set\()\s*true/.test(text));
    return texts.some(({ text }) => GRADLE_CALLS.test(text)) || (byPlugin && !downloads);
  });
}

/** What brings Node.js into the build stage; undefined where the build calls none of its tools. */
export function nodeForBuild(project: JavaProject): ReturnType<typeof nodeTools> | undefined {
  const { inventory } = project;
  const [nearest] = inventory
    .files(/(^|\/)package\.json$/)
    .filter((path) => !/(^|\/)(node_modules|target|build)\//.test(path))
    .sort(nearestFirst);
  return nearest !== undefined && callsNode(project) ? nodeTools(inventory, parentOf(nearest)) : undefined;
}
