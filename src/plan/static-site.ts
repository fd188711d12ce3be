import { distroless } from '../images/known.ts';
import type { CopyStep, Evidence, ImageRef, Runtime, Stage, Step } from './plan.ts';
import { sh } from './shell.ts';

/**
 * The image that serves files: Caddy's one binary on distroless, as a user without rights on a high port. It
 * reads PORT by itself, ends on SIGTERM in order, and needs no folder that it can write to.
 * https://caddyserver.com/docs/caddyfile
 */

/** A Caddyfile of the project's own, in place of ours: from the context, or with this text if that is a template. */
export interface OwnCaddyfile {
  readonly file: string;
  readonly text?: string;
}

export interface StaticSite {
  /** Brings the files to `/srv/`: from the context, or from a build stage. */
  readonly files: CopyStep;
  /** Unknown paths are answered with /index.html, for apps that route in the browser. */
  readonly fallback: boolean;
  /** A page that is answered, with status 404, for unknown paths; relative to the site's root. */
  readonly notFound?: string;
  readonly caddyfile?: OwnCaddyfile;
  readonly evidence: readonly Evidence[];
}

export const SITE_ROOT = '/srv';
const SITE_PORT = 8080;
const SERVER_STAGE = 'server';
const CADDYFILE = '/etc/caddy/Caddyfile';
/** What the image of a site runs. */
export const SITE_COMMAND: readonly string[] = ['caddy', 'run', '--config', CADDYFILE, '--adapter', 'caddyfile'];
/** The catalogue has no life cycle for Caddy; its tags are those of Docker's official image. */
const CADDY: ImageRef = { image: 'caddy', tag: '2.11' };

export const staticServerStage: Stage = {
  name: SERVER_STAGE,
  base: CADDY,
  why: 'brings the web server’s binary',
  steps: [
    {
      kind: 'run',
      command: sh`mkdir -p /out/usr/bin /out/etc && cp /usr/bin/caddy /out/usr/bin/caddy && cp /etc/mime.types /out/etc/mime.types`,
      why: 'a plain copy of the binary',
      comment:
        'A copy loses the file capability, with which a container that drops all capabilities could not start it.',
    },
  ],
};

function caddyfileText({ fallback, notFound }: StaticSite): string {
  const lines = [
    '{',
    '\tadmin off',
    '\tpersist_config off',
    '\tauto_https off',
    '}',
    '',
    `:{$PORT:${SITE_PORT}} {`,
    `\troot * ${SITE_ROOT}`,
    '\tencode zstd gzip',
    '\theader X-Content-Type-Options nosniff',
    ...(fallback ? ['\ttry_files {path} {path}/ /index.html'] : ['\ttry_files {path} {path}.html {path}/']),
    '\tfile_server {',
    '\t\thide .git .env*',
    '\t}',
    ...(notFound === undefined || fallback
      ? []
      : ['\thandle_errors 404 {', `\t\trewrite * /${notFound}`, '\t\tfile_server', '\t}']),
    '}',
    '',
  ];
  return lines.join('\n');
}

function configStep(site: StaticSite): Step {
  const { caddyfile } = site;
  if (caddyfile === undefined)
    return {
      kind: 'file',
      path: CADDYFILE,
      text: caddyfileText(site),
      why: site.fallback
        ? 'serves the files, and index.html for the paths that the app routes itself'
        : 'serves the files',
    };
  const why = 'the project’s own server configuration';
  const { file, text } = caddyfile;
  if (text === undefined) return { kind: 'copy', sources: [file], to: CADDYFILE, why };
  return { kind: 'file', path: CADDYFILE, text, why: `${why}, its placeholders filled in`, evidence: [{ file, why }] };
}

/** The runtime of a static site; goes with `staticServerStage` among the plan's stages. */
export function staticSiteRuntime(site: StaticSite): Runtime {
  return {
    base: distroless('base', 'debug-nonroot'),
    os: 'distroless',
    why: 'a C library and a busybox for the health check; no package manager, no other programs',
    workdir: SITE_ROOT,
    steps: [
      {
        kind: 'copy',
        from: SERVER_STAGE,
        sources: ['/out/'],
        to: '/',
        why: 'the web server and its list of media types',
      },
      configStep(site),
      site.files,
    ],
    process: {
      argv: SITE_COMMAND,
      why: 'Caddy as PID 1: it ends on SIGTERM when the requests under way are answered',
      evidence: site.evidence,
      init: false,
    },
    clearEntrypoint: true,
    port: SITE_PORT,
    probe: 'busybox',
  };
}
