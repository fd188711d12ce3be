import type { ProbeTool } from './plan.ts';

/**
 * HEALTHCHECK by what the image has anyway: no curl is installed for it. Each probe asks the port that the
 * program was told (`PORT`) at the time of asking; with a path it wants an answer below 400, else a connection.
 */

interface Probe {
  http(port: number, path: string): readonly string[];
  tcp(port: number): readonly string[];
}

const script = (value: string): string => JSON.stringify(value);

const javaScript = {
  http: (port: number, path: string) =>
    `fetch("http://127.0.0.1:"+(process.env.PORT||${port})+${script(path)}).then(r=>process.exit(r.status<400?0:1),()=>process.exit(1))`,
  tcp: (port: number) =>
    `require("net").connect(process.env.PORT||${port},"127.0.0.1").on("connect",()=>process.exit(0)).on("error",()=>process.exit(1))`,
};

const python = {
  http: (port: number, path: string) =>
    `import os,urllib.request as u;u.urlopen("http://127.0.0.1:"+os.environ.get("PORT","${port}")+${script(path)},timeout=4)`,
  tcp: (port: number) =>
    `import os,socket;socket.create_connection(("127.0.0.1",int(os.environ.get("PORT","${port}"))),4)`,
};

const inShell = (shell: readonly string[], text: string): readonly string[] => [...shell, '-c', text];

/** In the debug images of distroless; its applets are asked for by name, for links to them may be missing. */
const BUSYBOX = '/busybox/busybox';

const probes: Readonly<Record<Exclude<ProbeTool, 'program' | 'none'>, Probe>> = {
  node: {
    http: (port, path) => ['node', '-e', javaScript.http(port, path)],
    tcp: (port) => ['node', '-e', javaScript.tcp(port)],
  },
  bun: {
    http: (port, path) => ['bun', '-e', javaScript.http(port, path)],
    tcp: (port) => ['bun', '-e', javaScript.tcp(port)],
  },
  deno: {
    http: (port, path) => [
      'deno',
      'eval',
      javaScript
        .http(port, path)
        .replaceAll('process.env.PORT', 'Deno.env.get("PORT")')
        .replaceAll('process.exit', 'Deno.exit'),
    ],
    tcp: (port) => [
      'deno',
      'eval',
      `await Deno.connect({hostname:"127.0.0.1",port:Number(Deno.env.get("PORT")||${port})})`,
    ],
  },
  python: {
    http: (port, path) => ['python', '-c', python.http(port, path)],
    tcp: (port) => ['python', '-c', python.tcp(port)],
  },
  busybox: {
    http: (port, path) =>
      inShell([BUSYBOX, 'sh'], `${BUSYBOX} wget -q -T 4 -O /dev/null "http://127.0.0.1:\${PORT:-${port}}${path}"`),
    tcp: (port) => inShell([BUSYBOX, 'sh'], `${BUSYBOX} nc -w 4 127.0.0.1 "\${PORT:-${port}}" </dev/null >/dev/null`),
  },
  sh: {
    http: (port, path) => inShell(['sh'], `wget -q -T 4 -O /dev/null "http://127.0.0.1:\${PORT:-${port}}${path}"`),
    tcp: (port) => inShell(['sh'], `nc -w 4 127.0.0.1 "\${PORT:-${port}}" </dev/null >/dev/null`),
  },
  bash: {
    http: (port, path) =>
      inShell(
        ['bash'],
        `exec 3<>"/dev/tcp/127.0.0.1/\${PORT:-${port}}" && printf 'GET %s HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' '${path}' >&3 && read -r _ s _ <&3 && [ "$s" -lt 400 ]`,
      ),
    tcp: (port) => inShell(['bash'], `exec 3<>"/dev/tcp/127.0.0.1/\${PORT:-${port}}"`),
  },
};

/** The argv of a health check; undefined where the image has nothing to ask with. */
export function probeArgv(
  tool: ProbeTool,
  port: number,
  path: string | undefined,
  own?: readonly string[],
): readonly string[] | undefined {
  if (tool === 'none') return undefined;
  if (tool === 'program') return own === undefined || path === undefined ? own : [...own, path];
  const probe = probes[tool];
  return path === undefined ? probe.tcp(port) : probe.http(port, path);
}
