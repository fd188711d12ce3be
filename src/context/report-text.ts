import type { ContextAnalysis, FoundSecret } from './analysis.ts';
import type { MapNode } from './map-tree.ts';
import { bytesText, count, linkWords, printable, reachWords, secondsText, shareText } from './printing.ts';
import { states, type Amount, type Split } from './sizes.ts';

/** The analysis for a terminal: 80 columns, no colours, so that it can be piped. */

const WIDTH = 80;
const BAR = 20;

const amountText = ({ files, bytes }: Amount): string => `${bytesText(bytes)} in ${count(files, 'file')}`;

/** Full, shaded and empty blocks: what is sent, what could be left out, what is ignored; of the widest. */
function bar(bytes: Readonly<Record<'sent' | 'avoidable' | 'ignored', number>>, widest: number): string {
  const cells = { sent: '█', avoidable: '▒', ignored: '·' };
  const drawn = states.map((state) =>
    cells[state].repeat(widest === 0 ? 0 : Math.round((bytes[state] / widest) * BAR)),
  );
  const total = bytes.sent + bytes.avoidable + bytes.ignored;
  const text = drawn.join('').slice(0, BAR);
  return (text === '' && total > 0 ? '▏' : text).padEnd(BAR);
}

const bytesOf = (split: Split): Record<'sent' | 'avoidable' | 'ignored', number> => ({
  sent: split.sent.bytes,
  avoidable: split.avoidable.bytes,
  ignored: split.ignored.bytes,
});

function shortened(text: string, width: number): string {
  const characters = Array.from(printable(text));
  if (characters.length <= width) return characters.join('').padEnd(width);
  const head = Math.floor((width - 1) / 3);
  return `${characters.slice(0, head).join('')}…${characters.slice(head + 1 - width).join('')}`;
}

const weight = (node: MapNode): number => node.bytes.sent + node.bytes.avoidable + node.bytes.ignored;

const TREE_DEPTH = 3;
const TREE_CHILDREN = 8;

/** Folders in a row that hold nothing but the next one are one line. */
function chainOf(node: MapNode): { readonly name: string; readonly end: MapNode } {
  const [only, ...others] = node.children ?? [];
  if (!only || others.length > 0) return { name: node.name, end: node };
  const below = chainOf(only);
  return { name: `${node.name}/${below.name}`, end: below.end };
}

function treeLines(node: MapNode, widest: number, depth = 0, lead = ''): string[] {
  if (depth > TREE_DEPTH || !node.children) return [];
  const shown = node.children.slice(0, TREE_CHILDREN).filter((c) => c.kind !== 'rest' && weight(c) > widest / 500);
  const hidden = node.children.length - shown.length;
  const lines = shown.flatMap((child, i) => {
    const last = i === shown.length - 1 && (hidden === 0 || depth > 1);
    const { name, end } = chainOf(child);
    const label = `${lead}${last ? '└─ ' : '├─ '}${printable(name)}${end.kind === 'folder' ? '/' : ''}`;
    const line = `${bar(child.bytes, widest)} ${bytesText(weight(child)).padStart(8)}  ${shortened(label, WIDTH - BAR - 13).trimEnd()}`;
    return [line, ...treeLines(end, widest, depth + 1, `${lead}${last ? '   ' : '│  '}`)];
  });
  const rest = weight(node) - shown.reduce((sum, c) => sum + weight(c), 0);
  if (hidden > 0 && depth < 2) {
    const text = `${lead}└─ ${count(hidden, 'more entry', 'more entries')}`;
    lines.push(`${' '.repeat(BAR)} ${bytesText(rest).padStart(8)}  ${text}`);
  }
  return lines;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`.trimEnd())];
}

function summary({ summary: s, upload, ignoreFile, dockerfile }: ContextAnalysis): string[] {
  const speeds = upload.map(
    ({ megabitsPerSecond, seconds, proposedSeconds }) =>
      `${megabitsPerSecond} Mbit/s ${secondsText(seconds)}${seconds === proposedSeconds ? '' : ` → ${secondsText(proposedSeconds)}`}`,
  );
  const reads = dockerfile.origin === 'none' ? [] : [`Dockerfile reads ${amountText(s.read)} of that`];
  return [
    `Project          ${amountText(s.project)}`,
    `Sent today       ${amountText(s.sent)} (${shareText(s.sent.bytes, s.project.bytes)})${ignoreFile.exists ? '' : '; there is no .dockerignore'}`,
    `With our lines   ${amountText(s.proposed)}${s.saves.bytes > 0 ? `, ${bytesText(s.saves.bytes)} less` : ''}`,
    ...reads,
    ...(speeds.length > 0 ? [`Upload           ${speeds.join(' · ')}`] : []),
  ];
}

const secretLine = ({ path, line, what, today, proposed, copiedBy }: FoundSecret): string => {
  const where = `${printable(path)}${line === undefined ? '' : `:${line}`}`;
  const by = copiedBy === undefined || today === 'ignored' ? '' : ` (Dockerfile line ${copiedBy})`;
  const then = proposed === today ? '' : `; with our lines ${reachWords[proposed]}`;
  return `${today === 'ignored' ? '·' : '!'} ${where}: ${what}, ${reachWords[today]}${by}${then}`;
};

function editLines({ edits, dockerfile: { origin, steps } }: ContextAnalysis): string[] {
  if (origin === 'none') return [];
  const text = new Map(steps.map((s) => [s.line, s.text]));
  return edits.flatMap(({ paths, reruns }) => {
    const names = `${paths.slice(0, 6).map(printable).join(' ')}${paths.length > 6 ? ` and ${paths.length - 6} more` : ''}`;
    if (reruns.length === 0) return [`${names}: nothing`];
    return [
      `${names}:`,
      ...reruns.map((line) => `  ${String(line).padStart(3)}  ${shortened(text.get(line) ?? '', WIDTH - 9).trimEnd()}`),
    ];
  });
}

/** A sentence in lines of the terminal's width; what follows the first is set in. */
function wrapped(text: string): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.trim() !== '' && line.length + word.length >= WIDTH - 2) lines.push(`  ${word}`);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

const more = (shown: number, all: number): string[] => (all > shown ? [`and ${all - shown} more`] : []);

const SHOWN = 10;

export function textReport(analysis: ContextAnalysis): string {
  const { patterns, folders, extensions, largest, duplicates, secrets, collisions, links, emptied, tree } = analysis;
  const widestFolder = Math.max(0, ...folders.map((f) => f.sent.bytes + f.avoidable.bytes + f.ignored.bytes));
  const widestExtension = Math.max(0, ...extensions.map((e) => e.sent.bytes + e.avoidable.bytes + e.ignored.bytes));
  const unused = patterns.own.filter((p) => !p.matches);
  const total = (split: Split): string =>
    bytesText(split.sent.bytes + split.avoidable.bytes + split.ignored.bytes).padStart(8);
  const lines = [
    ...summary(analysis),
    ...section(
      'What lies where   █ sent  ▒ sent, and not needed  · ignored',
      treeLines(tree, Math.max(0, ...(tree.children ?? []).map(weight))),
    ),
    ...section('Secrets', [...secrets.items.map(secretLine), ...more(secrets.items.length, secrets.count)]),
    ...section(
      `Lines to add to ${analysis.ignoreFile.path}`,
      patterns.ours
        .slice(0, 20)
        .map(
          (p) =>
            `${bytesText(p.saves.bytes).padStart(8)}  ${count(p.saves.files, 'file').padStart(14)}  ${printable(p.pattern)}  (${p.why})`,
        ),
    ),
    ...section(
      'What the lines that are there leave out',
      patterns.own
        .filter((p) => p.ignores.files > 0)
        .map(
          (p) =>
            `${bytesText(p.ignores.bytes).padStart(8)}  ${count(p.ignores.files, 'file').padStart(14)}  ${printable(p.pattern)}  (line ${p.line})`,
        ),
    ),
    ...section(
      'Lines that fit nothing',
      unused.map((p) => `line ${p.line}: ${printable(p.pattern)}`),
    ),
    ...section('An edit of … runs these lines of the Dockerfile again', editLines(analysis)),
    ...section(
      'Largest files',
      largest.files
        .slice(0, SHOWN)
        .map(
          (f) => `${bytesText(f.bytes).padStart(8)}  ${f.state.padEnd(9)}  ${shortened(f.path, WIDTH - 23).trimEnd()}`,
        ),
    ),
    ...section(
      'Largest folders',
      largest.folders
        .slice(0, SHOWN)
        .map((f) => `${bar(bytesOf(f), widestFolder)} ${total(f)}  ${shortened(f.path, WIDTH - BAR - 13).trimEnd()}`),
    ),
    ...section(
      'By extension',
      extensions
        .slice(0, SHOWN)
        .map(
          (e) =>
            `${bar(bytesOf(e), widestExtension)} ${total(e)}  ${e.extension === '' ? '(none)' : printable(e.extension)}`,
        ),
    ),
    ...section(
      `The same content more than once: ${bytesText(duplicates.wasted)} in ${count(duplicates.groups, 'group')}`,
      duplicates.largest
        .slice(0, SHOWN)
        .map(
          (d) =>
            `${bytesText(d.wasted).padStart(8)}  ${d.copies} × ${bytesText(d.bytes)}: ${d.paths.map(printable).join(', ')}${d.copies > d.paths.length ? ', …' : ''}`,
        ),
    ),
    ...section('Names that are one name elsewhere', [
      ...collisions.items.map((c) => c.paths.map(printable).join('  =  ')),
      ...more(collisions.items.length, collisions.count),
    ]),
    ...section('Links that lead nowhere', [
      ...links.items.map((l) => `${printable(l.path)} -> ${printable(l.target)}: ${linkWords[l.why]}`),
      ...more(links.items.length, links.count),
    ]),
    ...section('Sent empty by a local docker build, by a fault of it', [
      ...emptied.items.map(printable),
      ...more(emptied.items.length, emptied.count),
    ]),
    ...section(
      'Notes',
      analysis.warnings.flatMap(({ detail, hint }) =>
        wrapped(printable(hint === undefined ? detail : `${detail} ${hint}`)),
      ),
    ),
  ];
  return `${lines.join('\n')}\n`;
}
