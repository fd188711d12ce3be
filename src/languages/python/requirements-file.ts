import { joinPath, parentOf, resolveTarget, type Inventory } from '../../inventory/inventory.ts';
import { parseRequirement, type Requirement } from './requirement.ts';

/** A requirements file with all that it includes. https://pip.pypa.io/en/stable/reference/requirements-file-format/ */

export interface RequirementLine extends Requirement {
  readonly file: string;
  readonly line: number;
}

export interface RequirementsFile {
  /** The file itself and every file that it includes or is constrained by, as far as they exist. */
  readonly files: readonly string[];
  readonly requirements: readonly RequirementLine[];
  /** Folders and archives of the project that it installs from, as paths from the inventory's root. */
  readonly localPaths: readonly string[];
  /** Included files that do not exist. */
  readonly missing: readonly { readonly path: string; readonly file: string; readonly line: number }[];
  /** True where something is fetched from a git repository. */
  readonly usesGit: boolean;
  /** Indexes other than PyPI, without credentials. */
  readonly indexes: readonly string[];
}

const MAX_FILES = 50;

const OPTION =
  /^(-r|--requirement|-c|--constraint|-e|--editable|-i|--index-url|--extra-index-url|-f|--find-links)(?:[ =]\s*|(?=[\w./]))(.+)$/;

interface Found {
  files: string[];
  requirements: RequirementLine[];
  localPaths: string[];
  missing: { path: string; file: string; line: number }[];
  usesGit: boolean;
  indexes: string[];
}

/** Lines with their numbers; a backslash at the end joins the next one, a comment begins at a line's start or after a blank. */
function* logicalLines(text: string): Generator<{ text: string; line: number }> {
  let joined = '';
  let from = 0;
  for (const [i, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    if (joined === '') from = i + 1;
    if (raw.endsWith('\\')) {
      joined += `${raw.slice(0, -1)} `;
      continue;
    }
    const line = `${joined}${raw}`.replace(/(^|\s)#.*$/, '').trim();
    joined = '';
    if (line !== '') yield { text: line, line: from };
  }
}

const isLocal = (target: string): boolean =>
  /^(\.{0,2}\/|\.{1,2}(\[|$)|file:)/.test(target) ||
  /^[\w./-]+\.(whl|tar\.gz|zip)$/.test(target) ||
  /^[\w.-]+\/[\w./-]*$/.test(target);

const pathOf = (target: string): string =>
  target
    .replace(/^file:(\/\/)?/, '')
    .replace(/\[[^\]]*\]$/, '')
    .replace(/[#;?].*$/, '')
    .replace(/(.)\/+$/, '$1')
    .trim();

function readInto(found: Found, inventory: Inventory, file: string, constraint: boolean): void {
  if (found.files.includes(file) || found.files.length >= MAX_FILES) return;
  found.files.push(file);
  const folder = parentOf(file);
  const local = (target: string, base: string): void => {
    const path = resolveTarget(joinPath(base, 'x'), pathOf(target));
    if (path !== undefined) found.localPaths.push(path);
  };
  for (const { text, line } of logicalLines(inventory.text(file) ?? '')) {
    const [, option, value = ''] = OPTION.exec(text) ?? [];
    const target = value.trim().replace(/^(["'])(.*)\1$/, '$2');
    if (option === '-r' || option === '--requirement' || option === '-c' || option === '--constraint') {
      const path = resolveTarget(file, target);
      if (path === undefined || /^\w+:\/\//.test(target)) continue;
      if (inventory.isFile(path))
        readInto(found, inventory, path, constraint || option === '-c' || option === '--constraint');
      else if (inventory.complete) found.missing.push({ path, file, line });
      continue;
    }
    if (option === '-e' || option === '--editable') {
      if (/\bgit\+/.test(target)) found.usesGit = true;
      else local(target, folder);
      continue;
    }
    if (option === '-f' || option === '--find-links') {
      if (!/^https?:/.test(target)) local(target, folder);
      continue;
    }
    if (option !== undefined) {
      if (!target.startsWith('https://pypi.org/')) found.indexes.push(target);
      continue;
    }
    if (text.startsWith('-') || constraint) continue;
    if (text.startsWith('git+')) {
      found.usesGit = true;
      continue;
    }
    if (isLocal(text)) {
      local(text, '');
      continue;
    }
    const requirement = parseRequirement(text.replaceAll(/\s--(hash|config-settings?|global-option)[= ]\S+/g, ''));
    if (!requirement) continue;
    if (requirement.url?.startsWith('git+')) found.usesGit = true;
    if (requirement.url !== undefined && isLocal(requirement.url)) local(requirement.url, '');
    found.requirements.push({ ...requirement, file, line });
  }
}

/** Reads a requirements file and those it includes. Paths are from the inventory's root. */
export function readRequirements(inventory: Inventory, file: string): RequirementsFile {
  const found: Found = { files: [], requirements: [], localPaths: [], missing: [], usesGit: false, indexes: [] };
  readInto(found, inventory, file, false);
  return { ...found, localPaths: [...new Set(found.localPaths)] };
}

/** Where people keep what production needs, most particular first. */
const NAMES = [
  'requirements/production.txt',
  'requirements/prod.txt',
  'requirements-prod.txt',
  'requirements-production.txt',
  'requirements_prod.txt',
  'requirements.prod.txt',
  'requirements.txt',
  'requirements/base.txt',
  'requirements/requirements.txt',
  'requirements/main.txt',
  'requirements/common.txt',
  'requirements/app.txt',
  'requirements/default.txt',
  'requirement.txt',
  'requirements.lock',
  'requirements.in',
];

/** The requirements file of a folder that an image is installed from. */
export function requirementsOf(inventory: Inventory, folder: string): string | undefined {
  const name = NAMES.find((candidate) => inventory.isFile(joinPath(folder, candidate)));
  return name === undefined ? undefined : joinPath(folder, name);
}
