import type { Inventory } from '../../inventory/inventory.ts';
import type { Advice, Evidence } from '../../plan/plan.ts';
import { ASKED_PORTS } from '../asked-ports.ts';
import { isLoopback, loopbackAdvice } from '../loopback.ts';
import { hitsOf, type Code } from './code.ts';
import { dropwizardPort } from './dropwizard.ts';
import { FRAMEWORKS, type Framework } from './frameworks.ts';
import { settingOf } from './settings-file.ts';

/** What an app is once it runs: a server with its port, or something that ends by itself. */
export interface Serving {
  readonly workload: 'service' | 'worker' | 'job';
  readonly from: Evidence | undefined;
  readonly framework: { readonly framework: Framework; readonly from: Evidence } | undefined;
  readonly port: { readonly port: number; readonly from: Evidence } | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly health: { readonly path: string; readonly from: Evidence } | undefined;
  readonly advice: readonly Advice[];
}

export const DEFAULT_PORT = 8080;

/** Something named that a module is made of: a dependency, a plugin, the parent. */
export interface Mark {
  readonly id: string;
  readonly from: Evidence;
}

const LISTENS =
  /\.create(?:Http|Net)Server\(|\bHttpServer\.create\(|\bnew\s+ServerSocket\(|\bServerSocketChannel\.open\(|\bNettyServerBuilder\b|\bServerBuilder\s{0,20}\.\s{0,9}forPort\(|\bGrpc\.newServerBuilderForPort\(|@GrpcService\b|\bembeddedServer\(|\bSimpleFileServer\b|\bnew\s+Server\(\s{0,9}\d|\bTomcat\(\)|\bJavalin\b|\bUndertow\.builder\(|\bHttpServer\s{0,9}\.\s{0,9}bind\(|\bEmberServerBuilder\b|\bBlazeServerBuilder\b|\bServer\.serve\b|\.newServerAt\(|\.addHttpListener\(|\.serve\(\s{0,9}":\d{4,5}"|\bnew\s+ServerBootstrap\(|\bAsynchronousServerSocketChannel\.open\(|\bHttpServers\s{0,20}\.\s{0,9}forPort\(|\bnew\s+HTTPServer\(|\.(?:listen|withHttpPort)\(\s{0,9}\d{4,5}\b|\.bind\(\s{0,9}(?:new\s+InetSocketAddress\(\s{0,9})?\d{4,5}\b|\bnew\s+\w{0,40}(?:Server|HttpConfig)\(\s{0,9}(?:"[\w.]{0,60}"\s{0,9},\s{0,9})?\d{4,5}\b|"0\.0\.0\.0"\s{0,9}\)?\s{0,9},\s{0,9}\d{2,5}\b/g;
const WAITS =
  /\bCountDownLatch\b|\bThread\.currentThread\(\)\.join\(\)|@Scheduled\b|@KafkaListener\b|@RabbitListener\b|@JmsListener\b|@SqsListener\b|\bKafkaConsumer\b/g;
const WORKERS =
  /:(spring-kafka|spring-rabbit|spring-boot-starter-(amqp|kafka|artemis|activemq|integration|quartz|pulsar)|spring-cloud-stream[\w-]*|kafka-streams|quarkus-(kafka-client|messaging-\w+|scheduler|smallrye-reactive-messaging[\w-]*))$/;

const READS_PORT = /"PORT"/;
/** The number that stands beside `"PORT"`: the fallback. */
const BESIDE_PORT = /"PORT"[^;{}]{0,160}?\b(\d{3,5})\b/g;
const PORT_RULES: readonly RegExp[] = [
  /\bInetSocketAddress\(\s{0,9}(?:"([\w.:-]+)"\s{0,9},\s{0,9})?(\d{2,5})/g,
  /\.(?:start|listen|forPort|http|withHttpPort|bindNow|bind|setPort)\(\s{0,9}()(\d{2,5})/g,
  /\bnew\s+\w{0,40}Server\(\s{0,9}"([\w.:-]+)"\s{0,9},\s{0,9}(\d{4,5})\b/g,
  /\b(?:embeddedServer|HttpConfig|Server|ServerSocket|Undertow|Jetty|Netty|SunHttp|KtorNetty|ServerConnector)\([^()\n]{0,80}?()\b(\d{4,5})\b/g,
  /\.(?:addHttpListener)\(\s{0,9}()(\d{2,5})/g,
  /\.(?:newServerAt|bindHttp)\(\s{0,9}"([\w.:-]+)"\s{0,9},\s{0,9}(\d{2,5})/g,
  /"(0\.0\.0\.0)"\s{0,9}\)?\s{0,9},\s{0,9}(\d{2,5})\b/g,
  /\bBASE_UR[IL]\s{0,9}=\s{0,9}"https?:\/\/([\w.-]{1,60}):(\d{2,5})\b/g,
  /"https?:\/\/(0\.0\.0\.0):(\d{2,5})\b/g,
  /\b(?:defaultWithPort|bindAndHandle\([^()\n]{0,80}?,)\(?\s{0,9}()(\d{2,5})\b/g,
  /\.serve\(\s{0,9}"():?(\d{2,5})"/g,
  /\bport"?\(\s{0,9}()(\d{2,5})\s{0,9}\)/g,
  /\bport"?\s{0,9}(?::\s{0,9}Int\s{0,9})?=\s{0,9}()(\d{2,5})\b/gi,
  /\bport"\s{0,9},\s{0,9}()"?(\d{2,5})\b/gi,
  /\b(?:DEFAULT_|SERVER_|HTTP_)?PORT\s{0,9}=\s{0,9}()"?(\d{2,5})\b/g,
  /\bport\s{0,9}:\s{0,9}()(\d{2,5})\b/g,
  /\bport"([\w.]*?)(\d{2,5})"/g,
];

const isPort = (n: number): boolean => n >= 80 && n <= 65535 && !ASKED_PORTS.has(n);

interface FoundPort {
  readonly port: number;
  readonly loopback: boolean;
  readonly from: Evidence;
}

function portInCode(code: readonly Code[]): FoundPort | undefined {
  const [beside] = hitsOf(
    code.filter((c) => READS_PORT.test(c.text)),
    BESIDE_PORT,
    'the default beside PORT',
  );
  const fallback = Number(beside?.groups[1]);
  if (beside && isPort(fallback)) return { port: fallback, loopback: false, from: beside.from };
  const reads = code.find((c) => READS_PORT.test(c.text));
  if (reads) return { port: DEFAULT_PORT, loopback: false, from: { file: reads.path, why: 'it reads PORT' } };
  for (const rule of PORT_RULES) {
    const hits = hitsOf(code, rule, 'the port that it listens on').filter((h) => isPort(Number(h.groups[2])));
    const hit = hits.find((h) => !isLoopback(h.groups[1])) ?? hits[0];
    if (hit) return { port: Number(hit.groups[2]), loopback: isLoopback(hit.groups[1]), from: hit.from };
  }
  return undefined;
}

/** `8081`, or the fallback of `${PORT:8081}`. */
function portOfText(value: string): number | undefined {
  const found = /^\s{0,9}(\d{2,5})\s{0,9}$/.exec(value)?.[1] ?? /\$\{[^}]*?:[-]?(\d{2,5})\}/.exec(value)?.[1];
  const port = Number(found);
  return isPort(port) ? port : undefined;
}

function configuredPort(inventory: Inventory, folder: string, { id, portKeys = [] }: Framework): Serving['port'] {
  if (id === 'dropwizard') return dropwizardPort(inventory, folder);
  for (const key of portKeys) {
    const setting = settingOf(inventory, folder, key);
    const port = setting && portOfText(setting.value);
    if (setting && port !== undefined) return { port, from: setting.from };
  }
  return undefined;
}

/** Settings and libraries under which the usual path of the health check would not answer, or ask for a password. */
const MOVES_HEALTH = [
  'management.server.port',
  'management.port',
  'management.endpoints.web.base-path',
  'server.servlet.context-path',
  'server.context-path',
  'spring.webflux.base-path',
  'quarkus.http.root-path',
  'quarkus.http.non-application-root-path',
  'quarkus.management.enabled',
  'micronaut.server.context-path',
  'endpoints.all.port',
  'endpoints.health.enabled',
];
const SECURED = /:spring-boot-starter-(security|oauth2-[\w-]+)$|:micronaut-security/;

function healthOf(
  inventory: Inventory,
  folder: string,
  marks: readonly Mark[],
  { health }: Framework,
): Serving['health'] {
  const mark = health && marks.find((m) => health.marks.test(m.id));
  if (!health || !mark || marks.some((m) => SECURED.test(m.id))) return undefined;
  if (MOVES_HEALTH.some((key) => settingOf(inventory, folder, key) !== undefined)) return undefined;
  return { path: health.path, from: mark.from };
}

function frameworkOf(marks: readonly Mark[], listens: boolean): Serving['framework'] {
  for (const framework of FRAMEWORKS) {
    if (framework.alsoClients && !listens) continue;
    const mark = marks.find((m) => framework.marks.test(m.id));
    if (mark) return { framework, from: mark.from };
  }
  return undefined;
}

/** Reads from a module's dependencies, configuration and source what it is. */
export function servingOf(
  inventory: Inventory,
  folder: string,
  marks: readonly Mark[],
  code: readonly Code[],
): Serving {
  const [listening] = hitsOf(code, LISTENS, 'it listens on a port');
  // Without its source, what a module depends on has to do.
  const found = frameworkOf(marks, listening !== undefined || code.length === 0);
  const serving =
    found &&
    (found.framework.serves === undefined ? found.from : marks.find((m) => found.framework.serves?.test(m.id))?.from);
  const from = serving ?? listening?.from;
  if (from === undefined) {
    const worker = marks.find((m) => WORKERS.test(m.id))?.from ?? hitsOf(code, WAITS, 'it waits for work')[0]?.from;
    return {
      workload: worker ? 'worker' : 'job',
      from: worker,
      framework: found,
      port: undefined,
      env: {},
      health: undefined,
      advice: [],
    };
  }
  const framework = serving && found ? found.framework : undefined;
  const inCode = framework?.env === undefined || framework.setInCode ? portInCode(code) : undefined;
  const port = (framework && configuredPort(inventory, folder, framework)) ?? inCode ?? undefined;
  return {
    workload: 'service',
    from,
    framework: found,
    port: port ? { port: port.port, from: port.from } : framework ? { port: framework.port, from } : undefined,
    env: framework?.env ?? {},
    health: framework && healthOf(inventory, folder, marks, framework),
    advice: loopbackAdvice(inCode, 'Listen on 0.0.0.0, or without a host.'),
  };
}
