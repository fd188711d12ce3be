import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';

/** What is counted, for Prometheus. Labels come from closed sets only: routes, languages, types of problems, settings. */

const PREFIX = 'dockwright_';
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const ENTRIES = [10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000, 200_000];

/** What is read at the time of a scrape. */
interface Readings {
  readonly spoolBytes: () => number;
  readonly uploads: () => { readonly running: number; readonly waiting: number };
}

interface RequestEnd {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  readonly received: number;
  readonly sent: number;
}

export interface Metrics {
  requestEnded(end: RequestEnd): void;
  archiveRead(format: string, entries: number): void;
  built(language: string): void;
  problem(type: string, limit: string | undefined): void;
  /** A fault of the service: a 500, or an error that no request caught. */
  fault(kind: 'request' | 'unhandledRejection' | 'uncaughtException'): void;
  readonly contentType: string;
  text(): Promise<string>;
}

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics;
  }
}

/** `ofProcess`: also memory, CPU, event loop and garbage collection; once in a process, as it installs observers. */
export function createMetrics(readings: Readings, ofProcess: boolean): Metrics {
  const registry = new Registry();
  if (ofProcess) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const named = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) => ({
    name: `${PREFIX}${name}`,
    help,
    labelNames,
    registers,
  });

  const duration = new Histogram({
    ...named('http_request_duration_seconds', 'From the head of a request to the end of its answer.', [
      'method',
      'route',
      'status',
    ]),
    buckets: SECONDS,
  });
  const received = new Counter(named('http_received_bytes_total', 'Bytes of requests, heads included.', ['route']));
  const sent = new Counter(named('http_sent_bytes_total', 'Bytes of answers, heads included.', ['route']));
  const entries = new Histogram({
    ...named('archive_entries', 'Entries of the archives that were read.', ['format']),
    buckets: ENTRIES,
  });
  const builds = new Counter(named('builds_total', 'Builds that were planned.', ['language']));
  const problems = new Counter(named('problems_total', 'Problem documents that were answered.', ['type']));
  const limits = new Counter(named('limits_hit_total', 'Requests refused for a limit, by its setting.', ['setting']));
  const faults = new Counter(named('faults_total', 'Faults of the service itself.', ['kind']));
  const uploads = new Gauge({
    ...named('uploads', 'Uploads that are read, and that wait for room.', ['state']),
    collect() {
      const { running, waiting } = readings.uploads();
      this.set({ state: 'running' }, running);
      this.set({ state: 'waiting' }, waiting);
    },
  });
  const spool = new Gauge({
    ...named('spool_bytes', 'Bytes that uploads take in memory and on disk.', []),
    collect() {
      this.set(readings.spoolBytes());
    },
  });
  void [uploads, spool];

  return {
    requestEnded({ method, route, status, seconds, received: bytesIn, sent: bytesOut }) {
      duration.observe({ method, route, status }, seconds);
      received.inc({ route }, bytesIn);
      sent.inc({ route }, bytesOut);
    },
    archiveRead: (format, count) => entries.observe({ format }, count),
    built: (language) => builds.inc({ language }),
    problem(type, limit) {
      problems.inc({ type });
      if (limit !== undefined) limits.inc({ setting: limit });
    },
    fault: (kind) => faults.inc({ kind }),
    contentType: registry.contentType,
    text: async () => registry.metrics(),
  };
}
