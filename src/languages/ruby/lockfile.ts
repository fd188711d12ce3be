/** Gemfile.lock, read line by line: its sections are told by their heads, their members by indentation. */

export interface LockedGem {
  readonly version: string;
  /** Set where a build of its own for one platform is locked (`x86_64-linux`). */
  readonly platform: string | undefined;
  readonly needs: readonly string[];
}

export interface Lockfile {
  /** By name; a gem is there once for each platform that it is locked for. */
  readonly gems: ReadonlyMap<string, readonly LockedGem[]>;
  readonly platforms: readonly string[];
  readonly dependencies: readonly string[];
  readonly ruby: { readonly version: string; readonly line: number } | undefined;
  readonly bundler: string | undefined;
  /** Folders that gems are taken from. */
  readonly paths: readonly string[];
  /** Gems that come from elsewhere than a folder of the project. */
  readonly fetched: number;
}

const SPEC = /^ {4}([A-Za-z0-9][\w.-]*) \(([^()\s]+)\)$/;
const NEED = /^ {6}([A-Za-z0-9][\w.-]*)/;

/** `1.16.0-x86_64-linux-gnu` is a version and a platform; the version itself has no hyphen. */
function split(text: string): { version: string; platform: string | undefined } {
  const at = text.indexOf('-');
  return at < 0 ? { version: text, platform: undefined } : { version: text.slice(0, at), platform: text.slice(at + 1) };
}

export function readLockfile(text: string): Lockfile {
  const gems = new Map<string, { version: string; platform: string | undefined; needs: string[] }[]>();
  const platforms: string[] = [];
  const dependencies: string[] = [];
  const paths: string[] = [];
  let ruby: Lockfile['ruby'];
  let bundler: string | undefined;
  let section = '';
  let current: string[] | undefined;
  let fetched = 0;
  for (const [i, line] of text.split('\n').entries()) {
    if (/^\S/.test(line)) {
      section = line.trim();
      current = undefined;
      continue;
    }
    const word = line.trim();
    const spec = SPEC.exec(line.trimEnd());
    const need = NEED.exec(line);
    if (word === '') continue;
    if (section === 'PLATFORMS') platforms.push(word);
    else if (section === 'DEPENDENCIES') dependencies.push(word.replace(/[!\s].*$/, ''));
    else if (section === 'RUBY VERSION') ruby = rubyOf(word, i + 1) ?? ruby;
    else if (section === 'BUNDLED WITH') bundler = /^\d[\w.]*$/.test(word) ? word : bundler;
    else if (section === 'PATH' && word.startsWith('remote:')) paths.push(word.slice('remote:'.length).trim());
    else if (spec) {
      current = [];
      const gem = { ...split(spec[2] ?? ''), needs: current };
      const name = spec[1] ?? '';
      const list = gems.get(name);
      if (list) list.push(gem);
      else gems.set(name, [gem]);
      if (section !== 'PATH') fetched++;
    } else if (need) current?.push(need[1] ?? '');
  }
  return { gems, platforms, dependencies, ruby, bundler, paths, fetched };
}

function rubyOf(word: string, line: number): { version: string; line: number } | undefined {
  const version = /^ruby (\d+\.\d+\.\d+)/.exec(word)?.[1];
  return version === undefined ? undefined : { version, line };
}

/** All that the named gems need, directly or not. */
export function closure({ gems }: Lockfile, names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    queue.push(...(gems.get(name) ?? []).flatMap((gem) => gem.needs));
  }
  return found;
}
