import accepts from '@fastify/accepts';
import multipart from '@fastify/multipart';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import { noReporter, type ErrorReporter } from './http/error-net.ts';
import { sentryReporter } from './http/sentry.ts';
import { createAdmission, placesFor } from './http/admission.ts';
import { createAnswerMemory } from './http/answer-memory.ts';
import { openApiDocument } from './http/document.ts';
import { logController, loggerOptions, requestLogger } from './http/logging.ts';
import { createMetrics } from './http/metrics.ts';
import { createJobPlace } from './http/jobs/place.ts';
import { addOperation, type Operation, type Services } from './http/operation.ts';
import { access } from './http/plugins/access.ts';
import { answerTime } from './http/plugins/answer-time.ts';
import { bodyStream } from './http/plugins/body-stream.ts';
import { clientErrors } from './http/plugins/client-errors.ts';
import { cors } from './http/plugins/cors.ts';
import { drain } from './http/plugins/drain.ts';
import { problemJson } from './http/plugins/problem-json.ts';
import { rateLimit } from './http/plugins/rate-limit.ts';
import { requestEnd } from './http/plugins/request-end.ts';
import { requestId, requestIds } from './http/plugins/request-id.ts';
import { securityHeaders } from './http/plugins/security-headers.ts';
import { analysisOperations } from './http/routes/analysis.ts';
import { uploadAdmission } from './http/plugins/upload-admission.ts';
import { kitOperations } from './http/routes/kit.ts';
import { manifestOperations } from './http/routes/manifest.ts';
import { addReferencePage } from './http/routes/reference-page.ts';
import { referenceOperations } from './http/routes/reference.ts';
import { serviceOperations, type Readiness } from './http/routes/service.ts';
import { tagOperations } from './http/routes/tags.ts';
import { sourceOperations } from './http/routes/source.ts';
import { loadTemplates } from './render/load-templates.ts';
import { createLedger, createSpoolBudget } from './source/spool-budget.ts';
import { root } from './root.ts';
import { serviceVersion } from './version.ts';

/** The composition root: every plugin and every operation, in order; nothing else. */

declare module 'fastify' {
  interface FastifyInstance {
    /** Where failures of the service are reported. */
    readonly reporter: ErrorReporter;
  }
}

/** How long the head of a request may take. */
const HEAD_MS = 60_000;
/** How often Node.js looks for requests that have not arrived in time. */
const OVERDUE_MS = 5000;

/** Operations check what they are sent themselves; Fastify's own way, which none takes, loads its compilers at each start. */
const noSchemas = (): never => {
  throw new TypeError('schemas of routes are not used: operations check what they are sent');
};

const ALWAYS_READY: Readiness = { isReady: () => true };

/** All operations, in the order of the document. */
function allOperations(services: Services, readiness: Readiness): Operation[] {
  return [
    ...sourceOperations(services),
    ...analysisOperations(services),
    ...manifestOperations(services),
    ...kitOperations(services),
    ...tagOperations(services),
    ...referenceOperations(services),
    ...serviceOperations(services, readiness),
  ];
}

/** What the process lends to the app; tests leave it out, or listen in. */
interface ProcessParts {
  readonly readiness?: Readiness;
  /** Whether the metrics tell of the process too. */
  readonly processMetrics?: boolean;
  readonly logStream?: { write(line: string): void };
}

function createServices(config: Config, processMetrics: boolean): Services {
  // One place in the ledger for each thread, and the first for the process itself.
  const ledger = createLedger(config.SOURCE_THREADS + 1);
  const spool = createSpoolBudget(config.SPOOL_BYTES, ledger);
  const admission = createAdmission({
    places: placesFor(config.MEMORY_BYTES, config.SPOOL_MEMORY_BYTES + config.LIMIT_ALL_TEXT_BYTES),
    waiting: config.UPLOADS_WAITING,
    waitMs: config.UPLOAD_WAIT_SECONDS * 1000,
  });
  const metrics = createMetrics({ spoolBytes: () => spool.used, uploads: () => admission }, processMetrics);
  const templates = loadTemplates(new URL('templates/', root));
  const jobs = createJobPlace(config, { templates, version: serviceVersion }, { spool, ledger, metrics });
  const answers = createAnswerMemory(config.ANSWERS_MEMORY_BYTES);
  return { config, templates, spool, admission, metrics, answers, jobs, version: serviceVersion };
}

/** The document as `openapi/openapi.json` holds it: with every operation, whatever the settings of a service are. */
export function committedDocument(config: Config): ReturnType<typeof openApiDocument> {
  return openApiDocument(allOperations(createServices(config, false), ALWAYS_READY), serviceVersion);
}

export async function buildApp(config: Config, parts: ProcessParts = {}): Promise<FastifyInstance> {
  const { readiness = ALWAYS_READY, processMetrics = false, logStream } = parts;
  const services = createServices(config, processMetrics);
  const { metrics } = services;
  const requestTimeout = config.LIMIT_REQUEST_SECONDS * 1000;
  const app = Fastify({
    logger: loggerOptions(config, logStream),
    logController,
    childLoggerFactory: requestLogger,
    genReqId: requestId,
    forceCloseConnections: 'idle',
    // While it drains, the service answers what still reaches it.
    return503OnClosing: false,
    requestTimeout,
    http: {
      requestTimeout,
      // Where it is the longer one, it goes over the other.
      headersTimeout: Math.min(HEAD_MS, requestTimeout),
      connectionsCheckingInterval: OVERDUE_MS,
    },
    trustProxy: config.TRUST_PROXY?.split(',').map((address) => address.trim()) ?? false,
    clientErrorHandler: clientErrors,
    routerOptions: { ignoreTrailingSlash: true },
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  });
  const reporter =
    config.SENTRY_DSN === undefined
      ? noReporter
      : sentryReporter({
          dsn: config.SENTRY_DSN,
          environment: config.SENTRY_ENVIRONMENT,
          release: services.version,
          log: app.log,
        });
  app.decorate('reporter', reporter);
  app.addHook('onClose', async () => services.jobs.threads.close());
  app.decorate('metrics', metrics);
  app.decorate('admission', services.admission);
  await app.register(problemJson, { reporter, metrics });
  await app.register(requestIds);
  await app.register(securityHeaders);
  await app.register(requestEnd, { metrics });
  await app.register(answerTime, { config });
  await app.register(drain, readiness);
  await app.register(cors, { config });
  await app.register(access, { config });
  await app.register(rateLimit, { config });
  await app.register(uploadAdmission, services);
  await app.register(bodyStream);
  await app.register(accepts);
  await app.register(multipart);

  const operations = allOperations(services, readiness);
  for (const operation of operations) addOperation(app, operation);
  // Made when it is first asked for: that takes longer than the rest of the start.
  let document: string | undefined;
  app.get('/openapi.json', async (_request, reply) => {
    document ??= JSON.stringify(openApiDocument(operations, services.version), null, 2);
    return reply.type('application/json; charset=utf-8').send(document);
  });
  if (config.DOCS) addReferencePage(app);
  return app;
}
