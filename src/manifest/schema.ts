import * as z from 'zod';

/**
 * The manifest: one schema for people to write (dockwright.yaml), for detection to fill and for plans to read.
 * It is the wall that keeps values from becoming instructions: no string in it holds a control character
 * or a line separator, and what stands in a fixed place (a package, a path, an image) has that place's syntax.
 */

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const MAX_TEXT = 4096;
const text = z
  .string()
  .max(MAX_TEXT)
  .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'control characters and line breaks are not allowed');
const name = (pattern: RegExp, what: string) => z.string().max(255).regex(pattern, `must be ${what}`);

/** Relative to the project, `/`-separated, never climbing out. */
const relativePath = text
  .max(1024)
  .refine((path) => !path.startsWith('/'), 'must be relative to the project')
  .refine((path) => !path.split('/').includes('..'), 'must not contain ".."')
  .overwrite((path) =>
    path
      .split('/')
      .filter((part) => part !== '' && part !== '.')
      .join('/'),
  );

/** Files are written there by a here-document, whose path cannot be quoted. */
const hasNoBlank = (path: string): boolean => !/\s/u.test(path);

/** A file in the container: absolute, or below the working directory. */
const containerPath = text
  .min(1)
  .max(1024)
  .refine((path) => !path.split('/').includes('..'), 'must not contain ".."')
  .refine((path) => !path.endsWith('/'), 'must name a file')
  .refine(hasNoBlank, 'must not contain a blank');

const envName = name(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable');
const envMap = z.record(envName, text);
const version = name(/^[A-Za-z0-9][A-Za-z0-9.+_-]*$/, 'a version such as "3.14" or "24.1.0"');
const port = z.int().min(1).max(65535);

/** Names of Debian and Alpine packages; `=version` pins one. https://www.debian.org/doc/debian-policy/ch-controlfields.html#source */
const systemPackage = name(/^[a-z0-9][a-z0-9+._-]*(=[A-Za-z0-9.+:~_-]+)?$/, 'the name of a system package');

/** `host[:port]/path`, as in an image reference without its tag. */
const registry = name(
  /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/,
  'a registry such as "mirror.example.com/hub"',
);
const imageReference = name(
  /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5}(?=\/))?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
  'an image reference such as "python:3.14-slim"',
);
const digest = name(/^sha256:[0-9a-f]{64}$/, 'a digest such as "sha256:…"');

/** A command is an argv, or one line that is split like a shell's where it needs no shell. */
const command = z.union([text.min(1), z.array(text).min(1).max(256)]);

export const variants = ['slim', 'alpine', 'distroless', 'debian', 'scratch'] as const;
export type Variant = (typeof variants)[number];
const workloads = ['service', 'worker', 'job', 'cron', 'static'] as const;
export const ignoreModes = ['merge', 'keep', 'replace'] as const;
export type IgnoreMode = (typeof ignoreModes)[number];

/** Where the values of `run.secrets` are kept. A path has the store's own form; one key of it for each variable. */
const secretStore = z
  .strictObject({
    kind: z.enum(['kubernetes', 'vault', 'aws', 'gcp', 'azure']).meta({ description: 'What keeps them.' }),
    name: name(DNS_LABEL, 'a name of lower-case letters, digits and "-"')
      .optional()
      .meta({ description: 'The Kubernetes Secret, or the store that External Secrets knows by this name.' }),
    path: name(/^[A-Za-z0-9][A-Za-z0-9/_.:-]*$/, 'the path of a secret such as "apps/orders"')
      .optional()
      .meta({ description: 'Where in the store they are.' }),
  })
  .meta({
    description: 'Kubernetes Secrets (default), or Vault, AWS, Google Cloud or Azure through External Secrets.',
  });

/** How it runs where it is deployed; an environment may differ. */
const deploy = z.strictObject({
  replicas: z.int().min(0).max(1000).optional().meta({ description: 'How many run at once.' }),
  maxReplicas: z.int().min(1).max(1000).optional().meta({ description: 'How many a busy service may grow to.' }),
  cpu: name(/^[0-9]+(\.[0-9]+)?m?$/, 'CPUs such as "0.5" or "250m"')
    .optional()
    .meta({ description: 'What one replica asks for.' }),
  memory: name(/^[0-9]+(Mi|Gi)$/, 'bytes such as "256Mi" or "1Gi"')
    .optional()
    .meta({ description: 'What one replica asks for, and may not exceed.' }),
  storage: name(/^[0-9]+(Mi|Gi|Ti)$/, 'bytes such as "1Gi"')
    .optional()
    .meta({ description: 'Of each writable volume.' }),
  host: name(
    /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/,
    'a host name such as "orders.example.com"',
  )
    .optional()
    .meta({ description: 'The name under which a service is reached from outside.' }),
  namespace: name(DNS_LABEL, 'the name of a Kubernetes namespace')
    .optional()
    .meta({ description: 'Where it is deployed.' }),
});

const identifier = name(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i, 'letters, digits, ".", "_" and "-"');

/** The fields that an environment may set for itself: all but the project's identity. */
const settings = {
  runtime: version
    .optional()
    .meta({ description: 'The version of the language runtime, as precise as you want it pinned.' }),
  packageManager: identifier.optional().meta({ description: 'The package manager: pip, uv, poetry, npm, pnpm, …' }),
  framework: identifier
    .optional()
    .meta({ description: 'The framework, where detection should not decide it: django, next, rails, …' }),
  workload: z.enum(workloads).optional().meta({
    description:
      'How it runs: until stopped, with a port (service) or without (worker), once (job), by a schedule (cron), or as files (static).',
  }),
  command: command.optional().meta({ description: 'What the container runs: an argv, or one line.' }),
  processes: z
    .record(identifier, command)
    .optional()
    .meta({ description: 'Other programs that the same image runs, by name: a worker, a job, a release step.' }),
  entrypoint: z
    .strictObject({
      program: z
        .array(text)
        .min(1)
        .max(64)
        .optional()
        .meta({ description: 'The fixed part of what runs (ENTRYPOINT); `command` then holds its arguments (CMD).' }),
      required: z.array(envName).max(256).optional().meta({
        description: 'Environment variables without which the container ends at once, saying which one it lacks.',
      }),
      render: z
        .array(z.strictObject({ template: relativePath, to: containerPath }))
        .max(32)
        .optional()
        .meta({ description: 'Files made at every start from a template, in which ${NAME} stands for a variable.' }),
      steps: z
        .array(text.min(1))
        .max(32)
        .optional()
        .meta({ description: 'Commands that run before the program, at every start.' }),
    })
    .optional(),
  port: port
    .optional()
    .meta({ description: 'The port that the program listens on, on 0.0.0.0; given to it as PORT as well.' }),
  health: z
    .strictObject({
      path: text
        .regex(/^\/[^\s"'\\]*$/, 'must be the path of a URL, beginning with "/"')
        .optional()
        .meta({
          description: 'Asked by the health check, which wants a status below 400; without it, a connection is enough.',
        }),
    })
    .optional(),
  schedule: text
    .regex(
      /^(@(yearly|annually|monthly|weekly|daily|hourly)|(\S+\s+){4}\S+)$/,
      'must be a cron schedule of five fields',
    )
    .optional()
    .meta({ description: 'When a workload of kind cron runs, in five fields or as @daily and the like.' }),
  build: z
    .strictObject({
      command: command
        .optional()
        .meta({ description: 'Builds the app, in place of the command that was found; runs in the build stage.' }),
      packages: z
        .array(systemPackage)
        .max(256)
        .optional()
        .meta({ description: 'System packages of the build stage, beside those that were found to be needed.' }),
      secrets: z
        .array(identifier)
        .max(32)
        .optional()
        .meta({ description: 'Ids of build secrets, given by `docker build --secret`.' }),
      args: envMap.optional().meta({
        description: 'Build arguments by name, with their defaults; in force for the build step. Never for secrets.',
      }),
    })
    .optional(),
  run: z
    .strictObject({
      packages: z
        .array(systemPackage)
        .max(256)
        .optional()
        .meta({ description: 'System packages of the image that runs, beside those that were found to be needed.' }),
      user: z
        .int()
        .min(1)
        .max(4294967294)
        .optional()
        .meta({ description: 'The numeric user (and group) the container runs as.' }),
      stopSignal: name(/^SIG[A-Z]+[A-Z0-9+-]*$/, 'the name of a signal such as "SIGTERM"')
        .optional()
        .meta({ description: 'The signal on which the program ends in order.' }),
      env: envMap.optional().meta({ description: 'Environment variables of the image, by name. Never for secrets.' }),
      volumes: z
        .array(
          z.strictObject({
            path: relativePath
              .refine((path) => path !== '', 'must name a folder')
              .refine(hasNoBlank, 'must not contain a blank'),
            access: z.enum(['read', 'write']).default('write'),
          }),
        )
        .max(64)
        .optional()
        .meta({
          description:
            'Folders that outlive the container (write), or come from outside it, such as configuration (read).',
        }),
      secrets: z
        .array(envName)
        .max(64)
        .optional()
        .meta({ description: 'Environment variables whose values are secrets: never written out, only referred to.' }),
      secretStore: secretStore.optional(),
    })
    .optional(),
  deploy: deploy.optional(),
  image: z
    .strictObject({
      name: registry.optional().meta({
        description: 'The repository that the image is pushed to, such as "registry.example.com/shop/orders".',
      }),
      variant: z.enum(variants).optional(),
      base: imageReference
        .optional()
        .meta({ description: 'The image of the runtime stage, in place of the one chosen.' }),
      registry: registry.optional().meta({ description: 'A mirror of Docker Hub that images are taken from.' }),
      pins: z
        .record(imageReference, digest)
        .optional()
        .meta({ description: 'Digests by image reference, e.g. "node:24-slim".' }),
      labels: z
        .record(name(/^[a-z0-9]([a-zA-Z0-9./_-]*[a-zA-Z0-9])?$/, 'the name of a label'), text)
        .optional()
        .meta({ description: 'Labels of the image, beside its title and version.' }),
      platforms: z
        .array(name(/^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/, 'a platform such as "linux/amd64"'))
        .max(16)
        .optional()
        .meta({ description: 'What the image is built for.' }),
    })
    .optional(),
  context: z
    .strictObject({
      dockerignore: z.enum(ignoreModes).optional().meta({
        description:
          'What to do with a .dockerignore that is there: merge ours into it (default), keep it, or replace it.',
      }),
      include: z
        .array(text)
        .max(1000)
        .optional()
        .meta({ description: 'Paths, in .dockerignore syntax, that are sent although a pattern leaves them out.' }),
      exclude: z
        .array(text)
        .max(1000)
        .optional()
        .meta({ description: 'Patterns, in .dockerignore syntax, of what is not sent.' }),
    })
    .optional(),
};

const environment = z.strictObject(settings);

export const manifestSchema = z
  .strictObject({
    name: identifier.optional().meta({ description: 'What the app is called; the title of the image.' }),
    version: text.max(128).optional().meta({ description: 'Its own version, for labels and tags.' }),
    app: relativePath.optional().meta({ description: 'Which app of a monorepo, as its folder.' }),
    language: identifier
      .optional()
      .meta({ description: 'The language, where detection should not decide it; GET /v1/languages lists them.' }),
    ...settings,
    environments: z.record(identifier, environment).optional().meta({
      description:
        'Settings by environment (development, production, …), each of which goes over the others when that environment is asked for.',
    }),
    files: z
      .record(relativePath, z.string().max(1024 * 1024))
      .optional()
      .meta({ description: 'Key files inline (package.json, go.mod, …), so that detection works without an upload.' }),
  })
  .meta({ id: 'Manifest', description: 'A project, as far as its container build needs to know it.' });

export type Manifest = z.infer<typeof manifestSchema>;
export type Settings = z.infer<typeof environment>;
