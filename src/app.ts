import accepts from '@fastify/accepts';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import scalar from '@scalar/fastify-api-reference';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import { noReporter, type ErrorReporter } from './http/error-net.ts';
import { sentryReporter } from './http/sentry.ts';
import { openApiDocument } from './http/document.ts';
import { addOperation, type Operation, type Services } from './http/operation.ts';
import { bodyStream } from './http/plugins/body-stream.ts';
import { clientErrors } from './http/plugins/client-errors.ts';
import { problemJson } from './http/plugins/problem-json.ts';
import { requestId, requestIds } from './http/plugins/request-id.ts';
import { analysisOperations } from './http/routes/analysis.ts';
import { manifestOperations } from './http/routes/manifest.ts';
import { referenceOperations } from './http/routes/reference.ts';
import { serviceOperations, type Readiness } from './http/routes/service.ts';
import { tagOperations } from './http/routes/tags.ts';
import { sourceOperations } from './http/routes/source.ts';
import { loadTemplates } from './render/load-templates.ts';
import { createSpoolBudget } from './source/spool.ts';
import { serviceVersion } from './version.ts';

/** The composition root: every plugin and every operation, in order; nothing else. */

declare module 'fastify' {
  interface FastifyInstance {
    /** Where failures of the service are reported. */
    readonly reporter: ErrorReporter;
  }
}

const DOCS = '/docs';

/** The reference needs its own inline start; it may talk to this service and to nobody else. */
const docsPolicy = {
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'", "'unsafe-inline'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
  },
};

/** All operations, in the order of the document. */
export function allOperations(services: Services, readiness: Readiness): Operation[] {
  return [
    ...sourceOperations(services),
    ...analysisOperations(services),
    ...manifestOperations(services),
    ...tagOperations(services),
    ...referenceOperations(services),
    ...serviceOperations(services, readiness),
  ];
}

export async function buildApp(
  config: Config,
  readiness: Readiness = { isReady: () => true },
): Promise<FastifyInstance> {
  const services: Services = {
    config,
    templates: loadTemplates(),
    spool: createSpoolBudget(config.SPOOL_BYTES),
    version: serviceVersion,
  };
  const app = Fastify({
    logger: config.LOG_LEVEL === 'silent' ? false : { level: config.LOG_LEVEL },
    genReqId: requestId,
    forceCloseConnections: 'idle',
    requestTimeout: config.LIMIT_REQUEST_SECONDS * 1000,
    clientErrorHandler: clientErrors,
    routerOptions: { ignoreTrailingSlash: true },
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
  await app.register(problemJson, { reporter });
  await app.register(requestIds);
  await app.register(bodyStream);
  await app.register(accepts);
  await app.register(multipart);
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    hsts: false,
  });

  const operations = allOperations(services, readiness);
  for (const operation of operations) addOperation(app, operation);
  const document = JSON.stringify(openApiDocument(operations, services.version), null, 2);
  app.get('/openapi.json', async (_request, reply) => reply.type('application/json; charset=utf-8').send(document));
  if (config.DOCS) await app.register(docs);
  return app;
}

async function docs(app: FastifyInstance): Promise<void> {
  app.addHook('onRoute', (route) => {
    route.helmet = { contentSecurityPolicy: docsPolicy, crossOriginEmbedderPolicy: false };
  });
  await app.register(scalar, {
    routePrefix: DOCS,
    configuration: { url: '/openapi.json', telemetry: false, withDefaultFonts: false },
  });
}
