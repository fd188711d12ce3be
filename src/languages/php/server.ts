import type { Step } from '../../plan/plan.ts';
import { all, sh } from '../../plan/shell.ts';
import type { WebRoot } from './framework.ts';

/** Apache with PHP inside, as a user without rights: one process tree, its logs on stdout, the port from PORT. */

export const APP_ROOT = '/app';
export const SERVER = ['apache2', '-D', 'FOREGROUND'] as const;
/**
 * Apache ends in order, with the requests under way answered, on SIGWINCH, and at once on SIGTERM; and while it starts it
 * hears neither as PID 1. So it is started by a script that hands the signal on once it is heard: what a process handles
 * stands in its status. https://httpd.apache.org/docs/2.4/stopping.html https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
 */
const STARTER = '/usr/local/bin/apache2-in-order';

const STARTER_TEXT = `#!/bin/bash
# SIGTERM is handed on as the signal on which Apache answers what it has begun, once Apache handles that.
apache2 "$@" &
server=$!
handles() { (((16#$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$server/status") >> 27) & 1)); }
stop() {
  while kill -0 "$server" && ! handles; do sleep 0.05; done
  kill -WINCH "$server"
} 2>/dev/null
trap stop TERM INT WINCH
while wait "$server"; status=$?; kill -0 "$server" 2>/dev/null; do :; done
exit "$status"
`;

/** What starts the server that a command names. */
export const startedInOrder = ([, ...options]: readonly string[]): string[] => [STARTER, ...options];

const CONFIG = '/etc/apache2';

/** What Debian's start script would set; the server is started without it. */
const SERVER_ENV: Readonly<Record<string, string>> = {
  APACHE_RUN_USER: 'www-data',
  APACHE_RUN_GROUP: 'www-data',
  APACHE_RUN_DIR: '/tmp',
  APACHE_LOCK_DIR: '/tmp',
  APACHE_LOG_DIR: '/var/log/apache2',
  APACHE_PID_FILE: '/tmp/apache2.pid',
};

/** Read as Apache's own syntax; a web root from the project is quoted and has no line break by its type. */
function siteText({ folder, frontController }: WebRoot): string {
  const root = folder === '' ? APP_ROOT : `${APP_ROOT}/${folder}`;
  return [
    'ServerName localhost',
    'ServerTokens Prod',
    'ServerSignature Off',
    'TraceEnable Off',
    'GracefulShutdownTimeout 3',
    'ErrorLog /proc/self/fd/2',
    '',
    '<VirtualHost *:${PORT}>',
    `  DocumentRoot "${root}"`,
    '  ErrorLog /proc/self/fd/2',
    '  CustomLog /proc/self/fd/1 combined',
    `  <Directory "${root}">`,
    '    Options -Indexes +FollowSymLinks',
    '    AllowOverride All',
    '    Require all granted',
    '    DirectoryIndex index.php index.html',
    ...(frontController ? ['    FallbackResource /index.php'] : []),
    '  </Directory>',
    ...(folder === ''
      ? [
          '  # The project itself is served: what is not for visitors stays closed.',
          '  RedirectMatch 404 "^/(vendor|node_modules)/|^/(composer|package|package-lock)\\.(json|lock)$"',
        ]
      : []),
    '  RedirectMatch 404 "/\\.(?!well-known/)"',
    '</VirtualHost>',
    '',
  ].join('\n');
}

const iniText = (opcache: boolean): string =>
  [
    '; Values of the container’s environment reach $_ENV, which frameworks read.',
    'variables_order = EGPCS',
    'expose_php = Off',
    ...(opcache
      ? [
          '; Files in the image never change.',
          'opcache.validate_timestamps = 0',
          'opcache.max_accelerated_files = 20000',
          'realpath_cache_size = 4096K',
        ]
      : []),
    '',
  ].join('\n');

/** PHP's settings for production, and the project's own over them. */
export function phpSettings(web: boolean, ownIni: string | undefined, more: readonly string[] = []): Step[] {
  return [
    {
      kind: 'run',
      command: sh`ln -s php.ini-production "$PHP_INI_DIR/php.ini"`,
      why: 'PHP’s own settings for production: errors go to the log, not to visitors',
    },
    {
      kind: 'file',
      path: '/usr/local/etc/php/conf.d/zz-app.ini',
      text: [iniText(web), ...more.map((line) => `${line}\n`)].join(''),
      why: 'settings for an image whose files do not change',
    },
    ...(ownIni === undefined
      ? []
      : [
          {
            kind: 'copy',
            sources: [ownIni],
            to: '/usr/local/etc/php/conf.d/zzz-project.ini',
            why: 'the project’s own settings',
          } satisfies Step,
        ]),
  ];
}

export function serverSteps(root: WebRoot): Step[] {
  return [
    { kind: 'file', path: STARTER, text: STARTER_TEXT, chmod: '755', why: 'starts the server, and ends it in order' },
    { kind: 'env', vars: SERVER_ENV, why: 'where the server keeps its files: nowhere that needs rights' },
    {
      kind: 'run',
      command: all(sh`a2enmod rewrite headers expires`, sh`a2disconf other-vhosts-access-log`),
      why: 'modules that .htaccess files of PHP projects count on; and no log file that needs rights',
    },
    { kind: 'file', path: `${CONFIG}/ports.conf`, text: 'Listen ${PORT}\n', why: 'the port is told at run time' },
    {
      kind: 'file',
      path: `${CONFIG}/sites-available/000-default.conf`,
      text: siteText(root),
      why: 'serves the project’s web root, and logs to the container',
      evidence: [root.from],
    },
  ];
}
