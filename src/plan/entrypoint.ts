import type { Manifest } from '../manifest/schema.ts';
import { needsShell, toArgv } from './command.ts';
import type { CopyStep, FileStep, Step } from './plan.ts';
import { sh, shellOf, type Shell } from './shell.ts';

/**
 * The script of `entrypoint`: required variables are checked, files rendered, steps run; the first failure ends the
 * container, and then the program stands in the script's place, so that signals reach it.
 */

type Entrypoint = NonNullable<Manifest['entrypoint']>;

const ENTRYPOINT_SCRIPT = '/usr/local/bin/docker-entrypoint.sh';
/** In a folder that every image has: COPY --chmod gives its mode to the folders that it makes, too. */
const TEMPLATES = '/etc/docker-entrypoint.template';

/** What of an entry point needs a shell in the image; for messages. Empty where the program starts without a script. */
export function scriptedParts({ required = [], render = [], steps = [] }: Entrypoint = {}): string[] {
  return [
    ...(required.length > 0 ? ['required variables'] : []),
    ...(render.length > 0 ? ['rendered configuration'] : []),
    ...(steps.length > 0 ? ['entry point steps'] : []),
  ];
}

/** `NAME_FILE` names a file that holds the value, as secrets are mounted. */
const fromFile = (name: string): string[] => [
  `if [ -z "\${${name}:-}" ] && [ -n "\${${name}_FILE:-}" ]; then`,
  `  ${name}=$(cat "$${name}_FILE")`,
  `  export ${name}`,
  'fi',
];

function requiredLines(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [
    '',
    '# Without these the program cannot work; a file may hold the value (NAME_FILE).',
    ...names.flatMap((name) => fromFile(name)),
    "missing=''",
    ...names.map((name) => `[ -n "\${${name}:-}" ] || missing="$missing ${name}"`),
    'if [ -n "$missing" ]; then',
    '  echo "docker-entrypoint.sh: not set:$missing" >&2',
    '  exit 64',
    'fi',
  ];
}

/** Replaces each `${NAME}` once; what a value holds is not looked at again. Ends where a variable is not set. */
const RENDER = [
  'render() {',
  "  awk '{",
  '    done = ""',
  '    while (match($0, /[$][{][A-Za-z_][A-Za-z0-9_]*[}]/)) {',
  '      name = substr($0, RSTART + 2, RLENGTH - 3)',
  '      if (!(name in ENVIRON)) {',
  '        print "docker-entrypoint.sh: " FILENAME " names " name ", which is not set" > "/dev/stderr"',
  '        exit 64',
  '      }',
  '      done = done substr($0, 1, RSTART - 1) ENVIRON[name]',
  '      $0 = substr($0, RSTART + RLENGTH)',
  '    }',
  '    print done $0',
  `  }' "$1" > "$2"`,
  '}',
];

const templatePath = (index: number): string => `${TEMPLATES}.${index + 1}`;

function renderLines(render: NonNullable<Entrypoint['render']>): string[] {
  if (render.length === 0) return [];
  const calls: Shell[] = render.map(({ to }, i) => sh`render ${templatePath(i)} ${to}`);
  return [
    '',
    '# Configuration from its template, with the variables of this container.',
    ...RENDER,
    ...calls.flatMap((c) => c.lines),
  ];
}

function stepLines(steps: readonly string[]): string[] {
  if (steps.length === 0) return [];
  return ['', ...steps.map((step) => (needsShell(step) ? step : shellOf(toArgv(step)).lines.join('')))];
}

/** The script as a file of the image; undefined where there is nothing for it to do. */
export function entrypointScript(entrypoint: Entrypoint = {}): FileStep | undefined {
  if (scriptedParts(entrypoint).length === 0) return undefined;
  const { required = [], render = [], steps = [] } = entrypoint;
  return {
    kind: 'file',
    path: ENTRYPOINT_SCRIPT,
    text: [
      '#!/bin/sh',
      'set -eu',
      ...requiredLines(required),
      ...renderLines(render),
      ...stepLines(steps),
      '',
      '# The program takes the place of this script, and so receives its signals.',
      'exec "$@"',
      '',
    ].join('\n'),
    chmod: '755',
    why: 'what the manifest asks for before the program',
  };
}

/** Brings the templates, and makes the files that are rendered, for the user that does it; `root` is the app's folder in the context. */
export function renderSteps(entrypoint: Entrypoint | undefined, root: string, workdir: string, uid: number): Step[] {
  const render = entrypoint?.render ?? [];
  const templates = render.map(({ template }, i): CopyStep => ({
    kind: 'copy',
    sources: [root === '' ? template : `${root}/${template}`],
    to: templatePath(i),
    chmod: '644',
    why: 'a template that the entry point renders at every start',
  }));
  const files = new Set(render.map(({ to }) => (to.startsWith('/') ? to : `${workdir}/${to}`)));
  const made = [...files]
    .filter((path) => !path.startsWith('/tmp/'))
    .map((path): FileStep => ({
      kind: 'file',
      path,
      text: '',
      chown: `${uid}:${uid}`,
      why: 'the entry point renders this file at every start',
    }));
  return [...templates, ...made];
}
