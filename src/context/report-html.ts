import type { ContextAnalysis, FoundSecret } from './analysis.ts';
import type { Edit } from './feeds.ts';
import { Html, html, scriptData } from './html.ts';
import type { Listed } from './oddities.ts';
import { bytesText, count, linkWords, printable, reachWords, secondsText, shareText, stateWords } from './printing.ts';
import { states, type Amount, type Split } from './sizes.ts';

/** The analysis as one page that needs nothing else: style, script and data are in it, and nothing is asked for. */

export interface PageParts {
  readonly style: string;
  readonly script: string;
  /** What the page may do, as a Content-Security-Policy; it holds for a saved copy as well. */
  readonly policy: string;
  readonly version: string;
}

/** A name out of an archive: isolated, so that right-to-left letters do not turn the line around. */
const name = (text: string): Html => html`<bdi>${printable(text)}</bdi>`;
const code = (text: string): Html => html`<code><bdi>${printable(text)}</bdi></code>`;

/** A style or script of ours, byte for byte: the policy names its hash. */
const element = (tag: 'style' | 'script', text: string): Html => new Html(`<${tag}>${text}</${tag}>`);

const totalOf = (split: Split): number => split.sent.bytes + split.avoidable.bytes + split.ignored.bytes;
const filesOf = (split: Split): number => split.sent.files + split.avoidable.files + split.ignored.files;

/** A bar in three parts; the numbers stand beside it, so it says nothing to a screen reader. */
function bar(split: Split, widest: number): Html {
  let x = 0;
  const parts = states.map((state) => {
    const width = widest === 0 ? 0 : (split[state].bytes / widest) * 100;
    const part = html`<rect class="${state}" x="${x.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="10" />`;
    x += width;
    return part;
  });
  return html`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`;
}

function table(caption: string, heads: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html {
  const isNumber = (head: string): boolean => /^(Size|Files|Sent|Not needed|Ignored|Saves|Wasted|Line)$/.test(head);
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${heads.map((h) => html`<th scope="col" ${isNumber(h) ? html` class="number"` : ''}>${h}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, i) => html`<td${isNumber(heads[i] ?? '') ? html` class="number"` : ''}>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

const section = (id: string, title: string, ...body: readonly (Html | undefined)[]): Html =>
  html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${body}
  </section>`;

const more = ({ count: all, items }: Listed<unknown>): Html | undefined =>
  all > items.length ? html`<p>And ${all - items.length} more.</p>` : undefined;

const card = (title: string, { files, bytes }: Amount, note: string): Html =>
  html`<div class="card">
    <dt>${title}</dt>
    <dd><strong>${bytesText(bytes)}</strong> ${count(files, 'file')}<br /><span class="note">${note}</span></dd>
  </div>`;

function cards({ summary: s, ignoreFile, dockerfile }: ContextAnalysis): Html {
  return html`<dl class="cards">
    ${card('Project', s.project, 'as it was sent here')}
    ${card('Sent today', s.sent, `${shareText(s.sent.bytes, s.project.bytes)}; ${ignoreFile.exists ? `by ${ignoreFile.path}` : 'there is no .dockerignore'}`)}
    ${card('With our lines', s.proposed, s.saves.bytes > 0 ? `${bytesText(s.saves.bytes)} less` : 'nothing more to leave out')}
    ${dockerfile.origin === 'none' ? undefined : card('Read by the Dockerfile', s.read, 'all that a local build transfers')}
  </dl>`;
}

function uploads({ upload }: ContextAnalysis): Html | undefined {
  if (upload.length === 0) return undefined;
  const times = upload.map(
    (u) =>
      html`<li>
        ${u.megabitsPerSecond} Mbit/s:
        <strong>${secondsText(u.seconds)}</strong
        >${u.seconds === u.proposedSeconds ? '' : html`, then ${secondsText(u.proposedSeconds)}`}
      </li>`,
  );
  return html`<div class="upload">
    <span id="upload">Upload, uncompressed</span>
    <ul class="inline" aria-labelledby="upload">
      ${times}
    </ul>
  </div>`;
}

function map(analysis: ContextAnalysis): Html {
  return section(
    'map-title',
    'What lies where',
    html`<ul class="legend" aria-label="Legend">
        <li><span class="swatch sent"></span> sent</li>
        <li><span class="swatch avoidable"></span> sent, and not needed</li>
        <li><span class="swatch ignored"></span> ignored</li>
        <li><span class="swatch heavy"></span> heavy: a tenth or more of what is sent</li>
        <li>
          <label hidden><input type="checkbox" id="only" /> only what is sent</label>
        </li>
      </ul>
      <nav id="trail" aria-label="Folder shown" hidden></nav>
      <div
        id="map"
        role="group"
        aria-label="Map of the project: arrow keys move, Enter opens a folder, Escape goes back"
        hidden
      ></div>
      <p id="detail" role="status" aria-live="polite"></p>
      <noscript><p>The map needs scripts; the same numbers stand in the tables below.</p></noscript>
      <script type="application/json" id="tree">
        ${scriptData({ tree: analysis.tree, sent: analysis.summary.sent.bytes })}
      </script>`,
  );
}

function secretRow({ path, line, what, today, proposed, copiedBy }: FoundSecret): (string | Html)[] {
  const by = copiedBy !== undefined && today !== 'ignored' ? `, by line ${copiedBy}` : '';
  return [
    html`<span>${code(path)}${line === undefined ? '' : `, line ${line}`}</span>`,
    name(what),
    html`<span class="reach ${today}">${reachWords[today]}${by}</span>`,
    html`<span class="reach ${proposed}">${reachWords[proposed]}</span>`,
  ];
}

function secrets({ secrets: found }: ContextAnalysis): Html | undefined {
  if (found.count === 0) return undefined;
  const rows = found.items.map(secretRow);
  return section(
    'secrets',
    'Secrets',
    table('Files that hold secrets', ['File', 'What', 'Today', 'With our lines'], rows),
    more(found),
  );
}

function patterns({ patterns: { own, ours }, ignoreFile }: ContextAnalysis): Html {
  const unused = own.filter((p) => !p.matches);
  const used = own.filter((p) => p.matches);
  return section(
    'patterns',
    'Patterns',
    ours.length === 0
      ? html`<p>There is nothing to add to ${code(ignoreFile.path)}.</p>`
      : table(
          `What lines of ours would save on top, in ${ignoreFile.path}`,
          ['Pattern', 'Saves', 'Files', 'Why'],
          ours.map((p) => [
            code(p.pattern),
            bytesText(p.saves.bytes),
            p.saves.files.toLocaleString('en-US'),
            name(p.why),
          ]),
        ),
    used.length === 0
      ? undefined
      : table(
          'What the lines that are there leave out',
          ['Pattern', 'Line', 'Saves', 'Files'],
          used.map((p) => [
            code(p.pattern),
            String(p.line),
            bytesText(p.ignores.bytes),
            p.ignores.files.toLocaleString('en-US'),
          ]),
        ),
    unused.length === 0
      ? undefined
      : html`<p>
          Lines that fit nothing:
          ${unused.map((p, i) => html`${i > 0 ? ', ' : ''}${code(p.pattern)} (line ${p.line})`)}.
        </p>`,
  );
}

function edits({ edits: all, dockerfile }: ContextAnalysis): Html | undefined {
  if (dockerfile.origin === 'none') return undefined;
  const texts = new Map(dockerfile.steps.map((s) => [s.line, s.text]));
  const item = ({ paths, reruns }: Edit): Html =>
    html`<li>
      <p>
        ${paths.slice(0, 12).map((p) => html`${code(p)} `)}${paths.length > 12 ? `and ${paths.length - 12} more` : ''}
      </p>
      ${
        reruns.length === 0
          ? html`<p class="note">Nothing runs again: no step reads it.</p>`
          : html`<ol class="steps">
              ${reruns.map((line) => html`<li value="${line}">${code(texts.get(line) ?? '')}</li>`)}
            </ol>`
      }
    </li>`;
  return section(
    'edits',
    'What an edit makes the build run again',
    html`<p class="note">
        Lines of the ${dockerfile.origin === 'own' ? 'project’s own' : 'generated'} Dockerfile, at most: a stage that
        comes out the same is not copied again.
      </p>
      <ul class="edits">
        ${all.map(item)}
      </ul>`,
  );
}

const sizedRow = (first: Html, split: Split, widest: number): (string | Html)[] => [
  first,
  bar(split, widest),
  bytesText(totalOf(split)),
  filesOf(split).toLocaleString('en-US'),
  bytesText(split.sent.bytes),
  bytesText(split.avoidable.bytes),
  bytesText(split.ignored.bytes),
];

const SIZED_HEADS = ['Share', 'Size', 'Files', 'Sent', 'Not needed', 'Ignored'];

function sizes({ folders, extensions, largest }: ContextAnalysis): Html {
  const widest = (all: readonly Split[]): number => Math.max(0, ...all.map(totalOf));
  const rows = (all: readonly Split[], label: (item: never) => Html): (string | Html)[][] =>
    all.map((item) => sizedRow(label(item as never), item, widest(all)));
  return section(
    'sizes',
    'Sizes',
    table(
      'Top folders',
      ['Folder', ...SIZED_HEADS],
      rows(folders, ({ path }: { path: string }) => (path === '' ? html`files at the top` : code(path))),
    ),
    table(
      'Largest folders',
      ['Folder', ...SIZED_HEADS],
      rows(largest.folders, ({ path }: { path: string }) => code(path)),
    ),
    table(
      'Largest files',
      ['File', 'Size', 'What becomes of it'],
      largest.files.map((f) => [
        code(f.path),
        bytesText(f.bytes),
        html`<span class="state ${f.state}">${stateWords[f.state]}</span>`,
      ]),
    ),
    table(
      'By extension',
      ['Extension', ...SIZED_HEADS],
      rows(extensions, ({ extension }: { extension: string }) => (extension === '' ? html`none` : code(extension))),
    ),
  );
}

function oddities({ duplicates, collisions, links, emptied }: ContextAnalysis): Html[] {
  return [
    duplicates.groups === 0
      ? undefined
      : section(
          'duplicates',
          'The same content more than once',
          html`<p>${bytesText(duplicates.wasted)} in ${count(duplicates.groups, 'group')}.</p>`,
          table(
            'Files with the same content',
            ['Wasted', 'Copies', 'Files that are the same'],
            duplicates.largest.map((d) => [
              bytesText(d.wasted),
              `${d.copies} × ${bytesText(d.bytes)}`,
              html`${d.paths.map((p) => html`${code(p)} `)}${d.copies > d.paths.length ? '…' : ''}`,
            ]),
          ),
        ),
    collisions.count === 0
      ? undefined
      : section(
          'collisions',
          'Names that are one name elsewhere',
          html`<p class="note">They differ in case or Unicode form only: macOS and Windows keep one of them.</p>
            <ul>
              ${collisions.items.map((c) => html`<li>${c.paths.map((p, i) => html`${i > 0 ? ' and ' : ''}${code(p)}`)}</li>`)}
            </ul>`,
          more(collisions),
        ),
    links.count === 0
      ? undefined
      : section(
          'links',
          'Links that lead nowhere',
          table(
            'Symbolic links',
            ['Link', 'Target', 'Why'],
            links.items.map((l) => [code(l.path), code(l.target), linkWords[l.why]]),
          ),
          more(links),
        ),
    emptied.count === 0
      ? undefined
      : section(
          'emptied',
          'Sent empty by a local build',
          html`<p class="note">
              A fault of Docker’s sender with re-included files; the context that this service packs has them whole.
            </p>
            <ul>
              ${emptied.items.map((p) => html`<li>${code(p)}</li>`)}
            </ul>`,
          more(emptied),
        ),
  ].filter((part) => part !== undefined);
}

function notes({ warnings }: ContextAnalysis): Html | undefined {
  if (warnings.length === 0) return undefined;
  return section(
    'notes',
    'Notes',
    html`<ul>
      ${warnings.map((w) => html`<li>${name(w.detail)}${w.hint === undefined ? '' : html` ${name(w.hint)}`}</li>`)}
    </ul>`,
  );
}

function headline({ summary: s }: ContextAnalysis): string {
  if (s.saves.bytes === 0) return `${bytesText(s.sent.bytes)} are sent; our patterns find nothing more to leave out.`;
  return `${bytesText(s.saves.bytes)} of the ${bytesText(s.sent.bytes)} that are sent can be left out.`;
}

export function htmlReport(analysis: ContextAnalysis, { style, script, policy, version }: PageParts): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>Build context: ${bytesText(analysis.summary.sent.bytes)} sent</title>
        ${element('style', style)}
      </head>
      <body>
        <a class="skip" href="#after-map">Past the map</a>
        <header>
          <h1>Build context</h1>
          <p class="lead">${headline(analysis)}</p>
          ${cards(analysis)} ${uploads(analysis)}
        </header>
        <main>
          ${map(analysis)}
          <div id="after-map" tabindex="-1"></div>
          ${secrets(analysis)} ${patterns(analysis)} ${edits(analysis)} ${sizes(analysis)} ${oddities(analysis)}
          ${notes(analysis)}
        </main>
        <footer><p>Dockwright ${version}</p></footer>
        ${element('script', script)}
      </body>
    </html> `;
  return page.text;
}
