import fp from 'fastify-plugin';
import helmet from 'helmet';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route answers with a page that a browser shows, with a script of its own. */
    page?: boolean;
  }
}

/** Headers for browsers. Made once for all answers: helmet's plugin for Fastify makes them anew for each. */
export const securityHeaders = fp(
  (app, _options, done) => {
    const ofAnswers = helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
      hsts: false,
    });
    // A page may talk to this service and to nobody else.
    const ofPages = helmet({
      contentSecurityPolicy: {
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'", "'unsafe-inline'"],
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:'],
          fontSrc: ["'self'", 'data:'],
          connectSrc: ["'self'"],
        },
      },
      crossOriginEmbedderPolicy: false,
      hsts: false,
    });
    app.addHook('onRequest', (request, reply, next) => {
      const headers = request.routeOptions.config.page === true ? ofPages : ofAnswers;
      headers(request.raw, reply.raw, () => next());
    });
    done();
  },
  { name: 'security-headers' },
);
