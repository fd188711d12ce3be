import { joinPath, type Inventory } from '../../inventory/inventory.ts';
import { parseRequirement, type Requirement } from './requirement.ts';
import { withoutComments } from './source-file.ts';

/** What setup.py and setup.cfg ask for, as far as it stands there in plain words. */

const QUOTED = /"([^"\\\n]+)"|'([^'\\\n]+)'/g;

/** The list after a name: `install_requires=[…]`. */
function listAfter(code: string, name: RegExp): string[] {
  const start = name.exec(code);
  if (!start) return [];
  const from = start.index + start[0].length;
  const end = code.indexOf(']', from);
  // An extra's bracket (`celery[redis]`) stands inside quotes; take the text until the list is closed outside of them.
  let close = end;
  while (close >= 0 && (code.slice(from, close).match(/["']/g)?.length ?? 0) % 2 === 1)
    close = code.indexOf(']', close + 1);
  return [...code.slice(from, close < 0 ? from : close).matchAll(QUOTED)].map((m) => m[1] ?? m[2] ?? '');
}

/** The indented lines under a key of an INI section. */
function iniLines(text: string, section: string, key: string): string[] {
  const lines = text.split(/\r?\n/);
  let inSection = false;
  let inKey = false;
  const found: string[] = [];
  for (const line of lines) {
    if (line.startsWith('[')) inSection = line.trim() === `[${section}]`;
    else if (inSection && /^\S/.test(line)) {
      const [, name, value = ''] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
      inKey = name === key;
      if (inKey && value !== '') found.push(value);
    } else if (inSection && inKey && line.trim() !== '' && !/^\s*[#;]/.test(line)) found.push(line.trim());
  }
  return found;
}

/** The lines of the files of requirements that setup.py reads: `install_requires=lines_of("requirements/base.txt")`. */
function linesRead(inventory: Inventory, folder: string, code: string): string[] {
  if (!/\binstall_requires\s*=\s*(?!\[)/.test(code)) return [];
  const named = [...code.matchAll(QUOTED)]
    .map((m) => m[1] ?? m[2] ?? '')
    .filter((name) => /(^|[/_-])req[\w-]*\.(txt|in)$|^requirements\/[\w./-]+\.(txt|in)$/.test(name))
    .filter((name) => !/dev|test|doc|lint/.test(name));
  return [...new Set(named)]
    .flatMap((name) => (inventory.text(joinPath(folder, name.replace(/^\.?\//, ''))) ?? '').split(/\r?\n/))
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => /^\w/.test(line));
}

export function setupRequirements(inventory: Inventory, folder: string): Requirement[] {
  const code = withoutComments(inventory.text(joinPath(folder, 'setup.py')) ?? '');
  const texts = [
    ...linesRead(inventory, folder, code),
    ...listAfter(code, /\b(?:install_requires|requirements|requires|INSTALL_REQUIRES|REQUIRES|REQUIREMENTS)\s*=\s*\[/),
    ...iniLines(inventory.text(joinPath(folder, 'setup.cfg')) ?? '', 'options', 'install_requires'),
  ];
  return texts.map(parseRequirement).filter((r) => r !== undefined);
}

/** `console_scripts` of setup.py and setup.cfg: by command, `package.module:function`. */
export function setupScripts(inventory: Inventory, folder: string): Record<string, string> {
  const code = withoutComments(inventory.text(joinPath(folder, 'setup.py')) ?? '');
  const texts = [
    ...listAfter(code, /["']console_scripts["']\s*:\s*\[/),
    ...iniLines(inventory.text(joinPath(folder, 'setup.cfg')) ?? '', 'options.entry_points', 'console_scripts'),
  ];
  const pairs = texts.map((text) => /^\s*([\w.-]+)\s*=\s*([\w.]+:[\w.]+)/.exec(text)).filter((m) => m !== null);
  return Object.fromEntries(pairs.map(([, name = '', target = '']) => [name, target]));
}

/** The `python_requires` of setup.py or setup.cfg. */
export function setupPython(inventory: Inventory, folder: string): { text: string; file: string } | undefined {
  const file = joinPath(folder, 'setup.py');
  const [, text] = /\bpython_requires\s*=\s*["']([^"'\n]+)["']/.exec(withoutComments(inventory.text(file) ?? '')) ?? [];
  if (text !== undefined) return { text, file };
  const cfg = joinPath(folder, 'setup.cfg');
  const [line] = iniLines(inventory.text(cfg) ?? '', 'options', 'python_requires');
  return line === undefined ? undefined : { text: line, file: cfg };
}
