/** Names and requirements of Python packages, as people and tools write them. */

/** Two names are the same package when these are equal. https://peps.python.org/pep-0503/#normalized-names */
export const normalName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

export interface Requirement {
  /** Normalised. */
  readonly name: string;
  readonly extras: readonly string[];
  /** Version specifiers (`>=2,<3`); '' for any version. */
  readonly specifier: string;
  /** Where it is taken from instead of an index: `git+https://…`, `file:…`. */
  readonly url?: string;
  /** The condition under which it is wanted. */
  readonly marker?: string;
}

const REQUIREMENT = /^([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*(.*)$/s;

/** Parses one requirement; undefined for what is none. https://peps.python.org/pep-0508/ */
export function parseRequirement(text: string): Requirement | undefined {
  const [, name, extras = '', rest = ''] = REQUIREMENT.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  const [left, marker] = splitOnce(rest, ';');
  const url = /^@\s*(\S+)/.exec(left)?.[1];
  const specifier = url === undefined ? left.replaceAll(/[()\s]/g, '') : '';
  if (specifier !== '' && !/^[<>=!~]/.test(specifier)) return undefined;
  return {
    name: normalName(name),
    extras: extras
      .split(',')
      .map((extra) => normalName(extra.trim()))
      .filter(Boolean),
    specifier,
    ...(url === undefined ? {} : { url }),
    ...(marker === undefined ? {} : { marker: marker.trim() }),
  };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** The version that a specifier pins to, where it pins to one. */
export const pinnedVersion = (specifier: string): string | undefined => /^={2,3}v?(\d[\w.!+-]*)$/.exec(specifier)?.[1];

/** False for a requirement whose marker rules Linux out: `sys_platform == 'win32'` and the like. */
export const isForLinux = ({ marker = '' }: Requirement): boolean =>
  !/(?:sys_platform|platform_system|os_name)\s*==\s*["'](?:win32|cygwin|darwin|Windows|Darwin|nt)["']/.test(marker) ||
  /\bor\b/.test(marker);
