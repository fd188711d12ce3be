import { joinPath } from '../../inventory/inventory.ts';
import type { DjangoProject } from './django.ts';
import type { Source } from './modules.ts';
import { portOf } from './ports.ts';
import { addedAdvice, serve } from './production-server.ts';
import type { PythonProject } from './project.ts';
import { serverFor } from './servers.ts';
import { DEFAULT_PORT, NOTHING_MORE, type Start } from './start.ts';

/** A project of Django, by the entry that its settings name. Undefined where it has none. */
export function djangoStart(
  project: PythonProject,
  django: DjangoProject,
  sources: readonly Source[],
  has: (name: string) => boolean,
): Start | undefined {
  const { wsgi, asgi, text } = django;
  const wantsAsgi = has('channels') || (/["'](channels|daphne)["']/.test(text) && /^ASGI_APPLICATION/m.test(text));
  const asgiOnly = !has('gunicorn') && !has('waitress') && !has('uwsgi') && serverFor('asgi', has) !== undefined;
  const entry = asgi && (wantsAsgi || asgiOnly || !wsgi) ? asgi : wsgi;
  if (!entry) return undefined;
  const protocol = entry === asgi ? 'asgi' : 'wsgi';
  const configured = project.inventory.isFile(joinPath(django.root, 'gunicorn.conf.py'));
  const { argv, added } = serve(
    { module: entry.module, variable: entry.variable, factory: false, protocol },
    has,
    configured,
  );
  const from = { ...entry.from, why: entry.from.why };
  const settings = sources.filter((s) => s.path === django.settingsFile);
  return {
    ...NOTHING_MORE,
    argv,
    from,
    framework: { id: 'django', from: django.from },
    workload: 'service',
    workloadFrom: django.from,
    port: portOf(settings, DEFAULT_PORT) ?? { port: DEFAULT_PORT, from: { why: 'the usual port of the server' } },
    folder: django.root,
    added,
    advice: added === undefined ? [] : [addedAdvice('Django', added, project.manager)],
  };
}
