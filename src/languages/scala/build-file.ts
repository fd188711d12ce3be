import type { Inventory } from '../../inventory/inventory.ts';
import type { Evidence } from '../../plan/plan.ts';
import { lineOf, withoutComments } from '../java/code.ts';
import type { Mark } from '../java/serving.ts';

/** What sbt's build says, as far as it is written plainly: build.sbt is a program. https://www.scala-sbt.org/1.x/docs/ */

export interface SbtProject {
  /** As on sbt's command line; undefined for the only one. */
  readonly id: string | undefined;
  readonly folder: string;
  readonly text: string;
  readonly packaging: 'packager' | 'play' | 'assembly' | undefined;
}

export interface SbtBuild {
  readonly sbtVersion: string | undefined;
  readonly scalaVersion: { readonly value: string; readonly from: Evidence } | undefined;
  readonly projects: readonly SbtProject[];
  readonly marks: readonly Mark[];
  /** build.sbt, without comments. */
  readonly text: string;
  readonly plugins: string;
}

const textOf = (inventory: Inventory, path: string): string => withoutComments(inventory.text(path) ?? '');

/** The value of a setting, through one `val` where it refers to one. */
export function settingIn(text: string, name: string): { value: string; line: number } | undefined {
  const found = new RegExp(
    String.raw`\b${name}\s{0,9}:=\s{0,9}(?:Some\(\s{0,9})?(?:"([^"\n]{1,200})"|([A-Za-z_]\w{0,60}))`,
  ).exec(text);
  if (!found) return undefined;
  const line = lineOf(text, found.index);
  if (found[1] !== undefined) return { value: found[1], line };
  const value = new RegExp(String.raw`\bval\s{1,9}${found[2] ?? ''}\b[^=\n]{0,60}=\s{0,9}"([^"\n]{1,200})"`).exec(
    text,
  )?.[1];
  return value === undefined ? undefined : { value, line };
}

const DEFINITION =
  /\bval\s{1,9}`?([\w-]+)`?\s{0,9}(?::\s{0,9}Project\s{0,9})?=\s{0,9}\(?\s{0,9}(?:project\b|\(\s{0,9}project\b|crossProject\b)/g;

function packagingOf(text: string, plugins: string): SbtProject['packaging'] {
  if (/\benablePlugins\([^)]{0,300}\bPlay(?:Scala|Java|MinimalJava|Service)\b/.test(text)) return 'play';
  if (
    /\benablePlugins\([^)]{0,300}\b(?:Java(?:Server)?AppPackaging|JavaServerAppPackaging|LagomScala|LagomJava)\b/.test(
      text,
    )
  )
    return 'packager';
  return plugins.includes('sbt-assembly') && /\bassembly\b/.test(text) ? 'assembly' : undefined;
}

function projectsOf(text: string, plugins: string): SbtProject[] {
  const starts = [...text.matchAll(DEFINITION)];
  const parts = starts.map((m, i): SbtProject => {
    const own = text.slice(m.index, starts[i + 1]?.index ?? text.length);
    const id = m[1] ?? '';
    const written = /\bin\s{0,9}\(?\s{0,9}file\(\s{0,9}"([^"\n]{0,200})"/.exec(own.slice(0, 400))?.[1];
    const folder = (written ?? id)
      .split('/')
      .filter((p) => p !== '' && p !== '.')
      .join('/');
    return {
      id,
      folder: folder.split('/').includes('..') ? '' : folder,
      text: own,
      packaging: packagingOf(own, plugins),
    };
  });
  if (parts.some((p) => p.folder === '')) return parts;
  return [{ id: undefined, folder: '', text, packaging: packagingOf(text, plugins) }, ...parts];
}

/** Libraries as sbt writes them: `"group" %% "artifact" % version`. */
function marksIn(text: string, file: string): Mark[] {
  const found = [...text.matchAll(/"([\w.-]{1,100})"\s{0,20}%%?%?\s{0,20}"([\w.-]{1,100})"([^\n]{0,120})/g)];
  return found
    .filter((m) => !/%\s{0,20}"?(?:Test|test|it)\b/.test(m[3] ?? ''))
    .map((m) => {
      const id = `${m[1] ?? ''}:${m[2] ?? ''}`;
      return { id, from: { file, line: lineOf(text, m.index), why: `depends on ${id}` } };
    });
}

export function readSbt(inventory: Inventory): SbtBuild {
  const definitions = inventory.files(/^project\/[^/]+\.(sbt|scala)$/);
  const text = textOf(inventory, 'build.sbt');
  const all = definitions.map((path) => textOf(inventory, path)).join('\n');
  const plugins = all;
  const scala = settingIn(text, 'scalaVersion');
  return {
    sbtVersion: /^\s{0,9}sbt\.version\s{0,9}=\s{0,9}([\w.-]+)/m.exec(
      inventory.text('project/build.properties') ?? '',
    )?.[1],
    scalaVersion: scala && {
      value: scala.value,
      from: { file: 'build.sbt', line: scala.line, why: `scalaVersion is ${scala.value}` },
    },
    projects: projectsOf(text, plugins),
    marks: [...marksIn(text, 'build.sbt'), ...definitions.flatMap((path) => marksIn(textOf(inventory, path), path))],
    text,
    plugins,
  };
}

export const sbtFiles = (inventory: Inventory): string[] =>
  [
    'build.sbt',
    ...inventory
      .names('')
      .filter((n) => (n.endsWith('.sbt') && n !== 'build.sbt') || n === '.sbtopts' || n === '.jvmopts'),
  ].filter((f) => inventory.isFile(f));
