/** Subcommands that start a server, by the names that people give them, best first. */
const SERVE = ['serve', 'server', 'web', 'api', 'http', 'start', 'daemon', 'run'];

/** The subcommand of a command-line program that serves; never the name of the program itself. */
export function serveWord(names: ReadonlySet<string>, program: string): string | undefined {
  // Beside `stop`, it starts a service of the system, or a process in the background, and ends.
  const candidates = SERVE.filter((word) => !(word === 'start' && names.has('stop')));
  return candidates.find((word) => names.has(word) && word !== program);
}
