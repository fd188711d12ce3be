/** Options of a program by which it is told where to listen, as argparse, click and Typer are given them. */
export interface ListenOptions {
  readonly words: readonly string[];
  /** The default of the option for the port. */
  readonly port: number;
}

const HOST =
  /["'](--(?:host|bind|address|listen|ip))["'][^)]{0,200}?\bdefault\s*=\s*["'](?:127\.0\.0\.1|localhost|0\.0\.0\.0|::)["']/g;
const PORT = /["'](--port)["'][^)]{0,200}?\bdefault\s*=\s*(?:int\(\s*)?["']?(\d{2,5})\b/g;
const GROUP = /^@(?:\w+\.)?group\(|=\s*(?:click\.)?Group\(/m;
/** The function under a decorator of click's is its command, unless that is given another name. */
const COMMAND =
  /^@\w+\.command\((?:\s*(?:name\s*=\s*)?["']([\w-]+)["'])?[^\n]*\n(?:(?!def |async def |@\w+\.command\()[^\n]*\n)*?(?:async )?def[ \t]+(\w+)/gm;

function subcommandAt(code: string, offset: number): string | undefined {
  if (!GROUP.test(code)) return undefined;
  const found = [...code.matchAll(COMMAND)].find((m) => m.index < offset && offset < m.index + m[0].length);
  return found?.[1] ?? found?.[2]?.replaceAll('_', '-');
}

/** Where a program is told by options, address and port, that it listens for others: the words that say so. */
export function listenOptions(code: string): ListenOptions | undefined {
  const [host] = code.matchAll(HOST);
  if (!host) return undefined;
  const near = [...code.matchAll(PORT)].toSorted(
    (a, b) => Math.abs(a.index - host.index) - Math.abs(b.index - host.index),
  )[0];
  if (!near) return undefined;
  const command = subcommandAt(code, host.index);
  return {
    words: [...(command === undefined ? [] : [command]), host[1] ?? '', '0.0.0.0', near[1] ?? '', '$PORT'],
    port: Number(near[2]),
  };
}
