# syntax=docker/dockerfile:1

FROM node:24-trixie-slim AS build
WORKDIR /app
# The image brings its own Node.js: the package of the same name is for machines whose Node.js is too old.
ENV npm_config_update_notifier="false"
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --ignore-scripts
COPY scripts/build.ts ./scripts/
COPY src ./src
RUN node scripts/build.ts

# The compiled code of one start, kept: each start after it is a quarter shorter, and takes less memory. It is kept by user.
FROM node:24-trixie-slim AS started
WORKDIR /app
ENV NODE_COMPILE_CACHE="/app/compiled"
COPY package.json ./
COPY templates ./templates
COPY --from=build /app/dist ./dist
RUN install -d -o 10001 -g 10001 compiled
USER 10001:10001
RUN ["node", "--max-semi-space-size=2", "--eval", "import('/app/dist/server.js').then(() => process.kill(process.pid, 'SIGTERM'))"]

FROM node:24-trixie-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --ignore-scripts

FROM node:24-trixie-slim AS runtime
WORKDIR /app
ENV NODE_ENV="production" \
    PORT="8080" \
    SPOOL_DIR="/tmp/dockwright" \
    NODE_COMPILE_CACHE="/app/compiled"
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY templates ./templates
COPY --from=build /app/dist ./dist
COPY --from=started /app/compiled ./compiled
EXPOSE 8080
# The only folder that is written to; the rest of the image may be mounted read-only.
VOLUME ["/tmp"]
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["node", "-e", "fetch(\"http://127.0.0.1:\"+process.env.PORT+\"/livez\").then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# The service handles SIGTERM itself, so it needs no init.
ENTRYPOINT []
CMD ["node", "--max-semi-space-size=2", "dist/server.js"]
