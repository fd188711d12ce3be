import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createInventory, type Entry } from '../../../src/inventory/inventory.ts';
import { ignoreRules } from '../../../src/languages/python/ignore.ts';
import { readProject } from '../../../src/languages/python/project.ts';
import { resolveCommand } from '../../../src/languages/python/resolve-command.ts';
import { findStart } from '../../../src/languages/python/find-start.ts';
import { systemNeeds } from '../../../src/languages/python/system-packages.ts';
import { writableOf } from '../../../src/languages/python/writable.ts';
import { driftOf } from '../../../src/languages/python/drift.ts';

function scopeOf(files: Record<string, string>) {
  const entries = Object.entries(files).map(([path, text]): Entry => ({
    path,
    kind: 'file',
    size: text.length,
    mode: 0o644,
  }));
  const texts = new Map(Object.entries(files).map(([path, text]) => [path, { text, truncated: false }]));
  return { inventory: createInventory(entries, texts), member: '' };
}
const startOf = (files: Record<string, string>) => findStart(readProject(scopeOf(files))).start;
const commandOf = (files: Record<string, string>) => startOf(files)?.argv.join(' ');

describe('a project of Scrapy', () => {
  const spider = (name: string): string => `import scrapy\nclass A(scrapy.Spider):\n    name = "${name}"\n`;
  const files = { 'scrapy.cfg': '[settings]\n', 'tides/settings.py': '', 'tides/spiders/one.py': spider('coast') };

  test('runs its only spider, by Scrapy, which the image brings where nothing asks for it', () => {
    const start = startOf(files);
    assert.deepEqual([start?.argv.join(' '), start?.workload, start?.added], ['scrapy crawl coast', 'job', 'scrapy']);
    assert.equal(startOf({ ...files, 'requirements.txt': 'scrapy==2.13' })?.added, undefined);
  });

  test('of several spiders runs none by itself', () => {
    assert.equal(commandOf({ ...files, 'tides/spiders/two.py': spider('river') }), undefined);
  });
});

describe('the app object', () => {
  test('is where the source makes it, whatever the file is called', () => {
    assert.match(
      commandOf({
        'requirements.txt': 'flask\ngunicorn',
        'shop.py': 'from flask import Flask\nweb = Flask(__name__)\n',
      }) ?? '',
      / shop:web$/,
    );
  });

  test('in a package is named from the package’s parent', () => {
    const files = {
      'requirements.txt': 'fastapi\nuvicorn',
      'app/__init__.py': '',
      'app/main.py': 'from fastapi import FastAPI\nfrom app.routes import r\napp = FastAPI()\n',
    };
    assert.match(commandOf(files) ?? '', / app\.main:app$/);
  });

  test('in a folder that imports its neighbours by bare names has that folder on the path', () => {
    const start = startOf({
      'requirements.txt': 'fastapi\nuvicorn',
      'src/main.py': 'from fastapi import FastAPI\nimport store\napp = FastAPI()\n',
      'src/store.py': '',
    });
    assert.match(start?.argv.join(' ') ?? '', / main:app$/);
    assert.deepEqual(start?.importRoots, ['src']);
  });

  test('may be made by a function of any name, where it is a Flask app by the routes that it decorates', () => {
    const app = 'from flask import request\nfrom setup import load\n\napp = load()\n\n@app.route("/")\ndef a(): pass\n';
    assert.match(commandOf({ 'requirements.txt': 'flask', 'app.py': app }) ?? '', /^gunicorn .* app:app$/);
    const group = app.replace('load()', 'ShopBlueprint()');
    assert.equal(commandOf({ 'requirements.txt': 'flask', 'app.py': group }), 'python app.py');
  });

  test('may be made by a factory', () => {
    const files = {
      'requirements.txt': 'flask\nwaitress',
      'site/__init__.py':
        'from flask import Flask\ndef create_app(config=None):\n    app = Flask(__name__)\n    return app\n',
    };
    assert.match(commandOf(files) ?? '', /waitress-serve .*--call site:create_app$/);
  });

  test('may be of a class of the project’s own, made in another file', () => {
    const files = {
      'requirements.txt': 'flask\ngunicorn',
      'manage.py': 'from shop.cli import manager\nif __name__ == "__main__":\n    manager()\n',
      'shop/__init__.py': 'from shop.core import create_app  # noqa\n',
      'shop/core.py':
        'from flask import Flask\n\nclass Shop(Flask):\n    pass\n\ndef create_app():\n    app = Shop()\n    return app\n',
      'shop/wsgi.py': 'from shop import create_app\n\napp = create_app()\n',
    };
    assert.match(commandOf(files) ?? '', /gunicorn .* shop\.wsgi:app$/);
  });

  test('in a comment or a docstring is none', () => {
    assert.equal(
      commandOf({
        'requirements.txt': 'flask',
        'main.py': '"""\napp = Flask(__name__)\n"""\n# app = Flask(__name__)\nprint(1)\n',
      }),
      'python main.py',
    );
  });
});

describe('a server', () => {
  test('is brought along where a script would listen on its own machine only', () => {
    const start = startOf({
      'requirements.txt': 'flask',
      'app.py': 'from flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n    app.run(debug=True)\n',
    });
    assert.match(start?.added ?? '', /^gunicorn/);
  });

  test('is the script’s own where it listens on all addresses', () => {
    const start = startOf({
      'requirements.txt': 'flask',
      'app.py':
        'from flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n    app.run(host="0.0.0.0", port=8081)\n',
    });
    assert.deepEqual(start?.argv, ['python', 'app.py']);
    assert.equal(start?.port?.port, 8081);
  });

  test('is another one where the script does no more than to open a debugger to all addresses', () => {
    const started = (body: string) =>
      startOf({
        'requirements.txt': 'flask',
        'app.py': `from flask import Flask\napp = Flask(__name__)\nif __name__ == "__main__":\n${body}`,
      })?.argv[0];
    const run =
      '    app.run(\n        host="0.0.0.0",\n        port=int(os.environ.get("PORT", 5000)),\n        debug=True,\n    )\n';
    assert.equal(started(run), 'gunicorn');
    assert.equal(started(`    port = 5000\n${run}`), 'gunicorn');
    assert.equal(started(`    with app.app_context():\n        db.create_all()\n${run}`), 'python');
    assert.equal(started(run.replace('True', 'False')), 'python');
  });

  test('for Streamlit is Streamlit', () => {
    assert.match(
      commandOf({ 'requirements.txt': 'streamlit', 'dashboard.py': 'import streamlit as st\nst.title("x")\n' }) ?? '',
      /^streamlit run dashboard\.py /,
    );
  });

  test('for Chainlit listens on all addresses, also by a command that leaves the host out', () => {
    const start = startOf({ 'requirements.txt': 'chainlit', 'app.py': 'import chainlit as cl\n@cl.on_message\n' });
    assert.deepEqual(start?.env, { CHAINLIT_HOST: '0.0.0.0' });
  });

  test('for Shiny is Shiny, which takes a file of Express or of Core', () => {
    const core = 'from shiny import App, ui\napp = App(ui.page_fluid(), None)\n';
    const express = 'from shiny import render\nfrom shiny.express import input, ui\nui.panel_title("x")\n';
    const shiny = (files: Record<string, string>) => commandOf({ 'requirements.txt': 'shiny', ...files });
    assert.equal(shiny({ 'app.py': express }), 'shiny run --host 0.0.0.0 --port $PORT app.py');
    assert.equal(
      shiny({ 'app-core.py': core, 'app-express.py': express, 'shared.py': 'import shiny\n' }),
      'shiny run --host 0.0.0.0 --port $PORT app-core.py',
    );
    assert.match(shiny({ 'tool.py': core.replace('app =', 'tool =') }) ?? '', / tool\.py:tool$/);
  });

  test('for Reflex is the app of its settings, before others that it holds', () => {
    const reflex = (config: string) =>
      startOf({
        'requirements.txt': 'reflex\nfastapi',
        'rxconfig.py': `import reflex as rx\nconfig = rx.Config(${config})\n`,
        'shop/__init__.py': '',
        'shop/shop.py':
          'import reflex as rx\nfrom fastapi import FastAPI\napi = FastAPI()\napp = rx.App(api_transformer=api)\n',
      });
    const granian = 'granian --interface asgi --factory --host 0.0.0.0 --port $PORT';
    assert.equal(reflex('app_name="shop"')?.argv.join(' '), `${granian} shop.shop:app`);
    assert.equal(reflex('app_name="shop", app_module_import="web.main"')?.argv.join(' '), `${granian} web.main:app`);
    assert.equal(reflex('app_name="shop"')?.framework?.id, 'reflex');
  });

  test('for Flet is a page for browsers, by what serves it in the same version', () => {
    const flet = (requirements: string) =>
      startOf({ 'requirements.txt': requirements, 'todo.py': 'import flet as ft\nft.app(main)\n' });
    assert.equal(flet('flet')?.argv.join(' '), 'env FLET_SERVER_PORT=$PORT python todo.py');
    assert.equal(flet('flet')?.workload, 'service');
    assert.equal(flet('flet')?.added, 'flet-web');
    assert.equal(flet('flet==0.25.1')?.added, 'flet-web==0.25.1');
    assert.equal(flet('flet==0.24.1')?.added, undefined);
    assert.equal(flet('flet[all]')?.added, undefined);
  });
});

test('requirements that setup.py reads from a file are those of the project', () => {
  const setup =
    'from setuptools import setup\ndef lines(path):\n    return open(path).read().splitlines()\nsetup(name="shop", install_requires=lines("requirements/req.txt"))\n';
  const command = commandOf({
    'setup.py': setup,
    'requirements/req.txt': '# web\nFlask==3.1  # pinned\n-r more.txt\n',
    'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
  });
  assert.match(command ?? '', /^gunicorn .* app:app$/);
});

describe('a program with a server of its own', () => {
  const main = 'from aiohttp import web\nIMPORT\nif __name__ == "__main__":\n    web.run_app(web.Application())\n';
  const aiohttp = (path: string, imports: string, files: Record<string, string> = {}) =>
    commandOf({ 'requirements.txt': 'aiohttp', [path]: main.replace('IMPORT', imports), ...files });

  test('in a package is run as a module of it', () => {
    const files = { 'chat/__init__.py': '', 'chat/views.py': '' };
    assert.equal(aiohttp('chat/main.py', 'from chat.views import index', files), 'python -m chat.main');
    assert.equal(aiohttp('chat/__main__.py', 'from .views import index', files), 'python -m chat');
  });

  test('in a file that only defines things is run by the program that calls it', () => {
    const serve = 'from aiohttp import web\n\ndef serve():\n    web.run_app(web.Application(), port=9000)\n';
    const files = { 'requirements.txt': 'aiohttp', 'chat/__init__.py': '', 'chat/web.py': serve };
    const main = { 'main.py': 'from chat.web import serve\nserve()\n' };
    assert.equal(commandOf({ ...files, ...main }), 'python main.py');
    assert.equal(startOf({ ...files, ...main })?.port?.port, 9000);
    const checks = serve.replace('web.run_app(', 'web.AppRunner(');
    const worker = { 'chat/main.py': 'from .web import serve\n\nif __name__ == "__main__":\n    serve()\n' };
    const beside = { ...files, 'chat/web.py': checks, ...worker, 'pyproject.toml': '[project]\nname = "chat"\n' };
    assert.equal(commandOf(beside), 'python -m chat.main');
  });

  test('at the root, or beside what it imports by bare names, is run as it lies', () => {
    assert.equal(aiohttp('main.py', 'import views', { 'views.py': '' }), 'python main.py');
    assert.equal(aiohttp('chat/main.py', 'import views', { 'chat/views.py': '' }), 'python chat/main.py');
  });
});

test('a program that is told by options where it listens is told so', () => {
  const program = (code: string) =>
    startOf({
      'pyproject.toml':
        '[build-system]\nrequires = ["hatchling"]\n[project]\nname = "shop"\ndependencies = ["uvicorn", "click"]\n[project.scripts]\nshop = "shop.cli:cli"\n',
      'shop/__init__.py': '',
      'shop/cli.py': `import uvicorn, click, argparse\n${code}\n    uvicorn.run(make(), host=host, port=port)\n`,
    });
  const click =
    '@click.group()\ndef cli():\n    pass\n\n@cli.command()\n@click.option("--port", default=8000)\ndef pack(port):\n    pass\n\n@cli.command()\n@click.option(\n    "--host",\n    default="127.0.0.1",\n)\n@click.option("--port", default=8001)\ndef serve_all(host, port):';
  assert.deepEqual(program(click)?.argv, ['shop', 'serve-all', '--host', '0.0.0.0', '--port', '$PORT']);
  assert.equal(program(click)?.port?.port, 8001);
  const argparse =
    'def cli():\n    parser.add_argument("--host", default="localhost")\n    parser.add_argument("-p", "--port", type=int, default=9090)';
  assert.deepEqual(program(argparse)?.argv, ['shop', '--host', '0.0.0.0', '--port', '$PORT']);
  assert.deepEqual(program('def cli(host, port):')?.argv, ['shop']);
});

test('folders that are kept for what the program writes are there, and can be written', () => {
  const { inventory } = scopeOf({
    'app/__init__.py': 'path = os.path.join(STATIC, "build")\nos.makedirs(path)\n',
    'app/static/build/.gitignore': '*',
    'app/static/other/.gitignore': '*',
  });
  const { sources } = findStart(readProject({ inventory, member: '' }));
  const found = writableOf(inventory, '', sources);
  assert.deepEqual(found?.folders, ['', 'app/static/build']);
  assert.deepEqual(found.kept, ['app/static/build']);
});

test('a database in a file of the working directory is written, one in memory or elsewhere is not', () => {
  const writes = (url: string): boolean => {
    const { inventory } = scopeOf({ 'main.py': `init("${url}")\n` });
    return writableOf(inventory, '', findStart(readProject({ inventory, member: '' })).sources) !== undefined;
  };
  assert.deepEqual(
    ['sqlite://db.sqlite3', 'sqlite:///shop.db', 'sqlite+aiosqlite:///./a.db', 'sqlite://:memory:', 'sqlite://'].map(
      writes,
    ),
    [true, true, true, false, false],
  );
  assert.equal(writes('sqlite:////data/shop.db'), false);
});

test('a function is served by its framework, decorated or as the only one that takes a request', () => {
  const served = (code: string) => commandOf({ 'requirements.txt': 'functions-framework==3.*', 'main.py': code });
  const framework = 'functions-framework --target hello';
  assert.equal(served('def greet(name):\n  return name\n\ndef hello(request):\n  return greet("x")\n'), framework);
  assert.equal(
    served(
      'import functions_framework\n@functions_framework.http\ndef hello(request):\n  return ""\ndef b(request):\n  return ""\n',
    ),
    framework,
  );
  assert.notEqual(
    served('def a(request):\n  return ""\ndef b(request):\n  return ""\n'),
    'functions-framework --target a',
  );
});

test('Django is served by the application that its settings name', () => {
  const files = {
    'requirements.txt': 'Django>=5\ngunicorn',
    'manage.py': 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    'shop/settings.py':
      'WSGI_APPLICATION = "shop.wsgi.application"\nSECRET_KEY = os.environ["KEY"]\nDATABASES = {"default": env.db()}\nINSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_ROOT = BASE_DIR / "out"\n',
    'shop/wsgi.py': 'application = get_wsgi_application()\n',
  };
  const { start, django } = findStart(readProject(scopeOf(files)));
  assert.match(start?.argv.join(' ') ?? '', / shop\.wsgi:application$/);
  assert.deepEqual(django?.statics?.env, { DATABASE_URL: 'sqlite:////tmp/build.sqlite3', KEY: 'only-for-the-build' });
});

test('what Reflex makes here stays out of the context', () => {
  const patterns = (files: Record<string, string>) => ignoreRules(scopeOf(files)).map(({ pattern }) => pattern);
  assert.ok(patterns({ 'rxconfig.py': '' }).includes('**/.web'));
  assert.ok(!patterns({ 'main.py': '' }).includes('**/.web'));
});

test('workers of queues are run by their own programs', () => {
  for (const [name, code, argv] of [
    ['celery', 'from celery import Celery\nqueue = Celery("shop")\n', 'celery --app jobs:queue worker --loglevel INFO'],
    ['arq', 'async def send(ctx): ...\nclass WorkerSettings:\n    functions = [send]\n', 'arq jobs.WorkerSettings'],
    ['dramatiq', 'import dramatiq\n@dramatiq.actor\ndef send(): ...\n', 'dramatiq jobs'],
    ['huey', 'from huey import RedisHuey\nqueue = RedisHuey("shop")\n', 'huey_consumer jobs.queue'],
    ['taskiq', 'broker = ListQueueBroker("redis://queue")\n', 'taskiq worker jobs:broker'],
    ['faststream', 'app = FastStream(broker)\n', 'faststream run jobs:app'],
    ['livekit-agents~=1.4', 'if __name__ == "__main__":\n    cli.run_app(server)\n', 'python jobs.py start'],
  ] as const) {
    const start = startOf({ 'requirements.txt': name, 'jobs.py': code });
    assert.equal(start?.argv.join(' '), argv);
    assert.equal(start?.workload, 'worker');
  }
});

test('pages in Python are served by the program of what they are written with', () => {
  const page = (name: string, code: string) => commandOf({ 'requirements.txt': name, 'main.py': code });
  assert.equal(
    page('solara', 'import solara\n@solara.component\ndef Page(): ...\n'),
    'solara run main.py --host 0.0.0.0 --port $PORT --production',
  );
  assert.equal(
    page('mesop', 'import mesop as me\n@me.page()\ndef home(): ...\n'),
    'gunicorn --worker-tmp-dir /dev/shm main:me',
  );
  assert.match(
    page('bokeh', 'from bokeh.plotting import curdoc\ncurdoc().add_root(x)\n') ?? '',
    /^bokeh serve main\.py /,
  );
  const webio = startOf({
    'requirements.txt': 'pywebio',
    'main.py': 'from pywebio import start_server\nif __name__ == "__main__":\n    start_server(app, port=9100)\n',
  });
  assert.equal(webio?.port?.port, 9100);
});

test('Django whose application is a function of its own is served by what the project brings for it', () => {
  const command = commandOf({
    'requirements.txt': 'Django>=5\nuvicorn[standard]',
    'manage.py': 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    'shop/settings.py': '',
    'shop/wsgi.py': 'application = get_wsgi_application()\n',
    'shop/asgi.py': 'pages = get_asgi_application()\n\nasync def application(scope, receive, send):\n    pass\n',
  });
  assert.match(command ?? '', /^uvicorn .* shop\.asgi:application$/);
});

test('the port of an option of Tornado is the one that it defines', () => {
  const start = startOf({
    'requirements.txt': 'tornado',
    'chat.py':
      'from tornado.options import define, options\nimport tornado.web\ndefine("port", default=9100, type=int)\napp.listen(options.port)\n',
  });
  assert.equal(start?.port?.port, 9100);
});

test('Django in packages: an application in asgi/__init__.py, before a script that starts it for development', () => {
  const { start } = findStart(
    readProject(
      scopeOf({
        'requirements.txt': 'Django>=5\nuvicorn',
        'manage.py': 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
        'shop/settings.py': '',
        'shop/asgi/__init__.py': 'application = get_asgi_application()\n',
        'shop/__main__.py': 'import uvicorn\nuvicorn.run("shop.asgi:application", reload=True)\n',
      }),
    ),
  );
  assert.match(start?.argv.join(' ') ?? '', /^uvicorn .* shop\.asgi:application$/);
});

test('Django settings are loaded with what they cannot do without, and with no more', () => {
  const statics = (settings: string) =>
    findStart(
      readProject(
        scopeOf({
          'requirements.txt': 'Django>=5\ngunicorn\ndjango-compressor',
          'manage.py': 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
          'shop/settings.py': `${settings}\nINSTALLED_APPS = ["django.contrib.staticfiles", "compressor"]\nSTATIC_ROOT = BASE_DIR / "out"\n`,
          'shop/wsgi.py': 'application = get_wsgi_application()\n',
        }),
      ),
    ).django?.statics;
  const env = (settings: string) => statics(settings)?.env;
  assert.deepEqual(
    env('AWS_STORAGE_BUCKET_NAME = os.environ.get("BUCKET")\nif AWS_STORAGE_BUCKET_NAME:\n  pass\n'),
    {},
  );
  assert.deepEqual(
    env('HOSTS = os.environ.get("HOSTS")\nif not HOSTS:\n  if not DEBUG:\n    raise ImproperlyConfigured("x")\n'),
    {
      HOSTS: 'localhost',
    },
  );
  assert.deepEqual(env('X = dj_database_url.parse(os.environ.get("DATABASE_URL"))\nN = int(os.environ.get("N"))\n'), {
    DATABASE_URL: 'sqlite:////tmp/build.sqlite3',
    N: '1',
  });
  assert.deepEqual(env('O = json.loads(os.getenv("O") or "{}")\nP = json.loads(os.getenv("P"))\n'), { P: '{}' });
  assert.deepEqual(env('D = bool(os.environ.get("D"))\nK = env("K")\n'), { K: 'only-for-the-build' });
  assert.deepEqual(
    env(
      'A = (\n  tuple(json.loads(os.environ["A"]))\n  if "A" in os.environ\n  else None\n)\nB = parse(os.getenv("B")) if os.getenv("B") else {}\nC = int(os.getenv("C")) if DEBUG else 1\n',
    ),
    { C: '1' },
  );
  const guarded = (condition: string) =>
    env(
      `USE_S3 = env.bool("USE_S3", False)\nif ${condition}:\n  KEY = env.str("KEY")\n\n  X = 1\nelse:\n  DB = {\n    "E": env.str("DB_ENGINE"),\n  }\n`,
    );
  for (const condition of ['USE_S3', 'os.environ.get("S3")', '"S3" in os.environ', 'env.bool("S3", False) or USE_S3'])
    assert.deepEqual(guarded(condition), { DB_ENGINE: 'django.db.backends.sqlite3' }, condition);
  for (const condition of ['not USE_S3', 'DEBUG', 'env.bool("S3", True)'])
    assert.equal(guarded(condition)?.['KEY'], 'only-for-the-build', condition);
  assert.equal(statics('COMPRESS_OFFLINE = True')?.compressed, true);
  assert.equal(statics('COMPRESS_OFFLINE = False')?.compressed, false);
});

test('what is needed of the system follows exact names', () => {
  const needs = (requirements: string) =>
    systemNeeds(readProject(scopeOf({ 'requirements.txt': requirements, 'main.py': '' })).packages, [], '', false);
  assert.deepEqual(needs('psycopg2').run, ['libpq5']);
  assert.deepEqual(needs('pylibmc').build, ['libmemcached-dev']);
  assert.deepEqual(needs('psycopg2-binary').run, []);
  assert.deepEqual(needs('psycopg[binary]').run, []);
  assert.deepEqual(needs('Pdf2Image\nmysqlclient').run, ['libmariadb3', 'poppler-utils']);
});

test('a lockfile that lacks a dependency has drifted', () => {
  const files = {
    'pyproject.toml': '[project]\nname = "x"\ndependencies = ["flask", "redis"]\n',
    'uv.lock':
      'version = 1\n[[package]]\nname = "x"\nsource = { virtual = "." }\n[package.metadata]\nrequires-dist = [{ name = "flask" }]\n[[package]]\nname = "flask"\nversion = "3.1"\n',
  };
  assert.match(driftOf(readProject(scopeOf(files))) ?? '', /redis/);
});

test('runners of environments are taken off a command', () => {
  const scope = scopeOf({});
  assert.deepEqual(resolveCommand(scope, ['uv', 'run', 'main.py']), ['python', 'main.py']);
  assert.deepEqual(resolveCommand(scope, ['poetry', 'run', 'gunicorn', 'a:b']), ['gunicorn', 'a:b']);
  assert.deepEqual(resolveCommand(scope, ['/bin/sh', '-c', 'exec uv run --no-sync uvicorn a:b --port $PORT']), [
    '/bin/sh',
    '-c',
    'exec uvicorn a:b --port $PORT',
  ]);
  assert.equal(resolveCommand(scope, ['gunicorn', 'a:b']), undefined);
});

describe('apps without a web framework', () => {
  const wsgi = 'def app(environ, start_response):\n    start_response("200 OK", [])\n    return [b"hi"]\n';
  test('a function as WSGI or ASGI has it is served', () => {
    const plain = startOf({ 'main.py': wsgi, 'requirements.txt': '' });
    assert.match(plain?.argv.join(' ') ?? '', /^gunicorn .* main:app$/);
    assert.equal(plain?.workload, 'service');
    assert.match(plain?.added ?? '', /gunicorn/);
    assert.match(commandOf({ 'main.py': wsgi, 'requirements.txt': 'uwsgi' }) ?? '', /^uwsgi .* main:app$/);
    assert.match(
      commandOf({
        'asgi.py': 'async def application(scope, receive, send):\n    pass\n',
        'requirements.txt': 'uvicorn',
      }) ?? '',
      /^uvicorn .* asgi:application$/,
    );
  });
  test('but for a file that starts a server itself', () => {
    const own = `${wsgi}\nif __name__ == "__main__":\n    make_server("", 8000, app).serve_forever()\n`;
    assert.equal(commandOf({ 'main.py': own, 'requirements.txt': '' }), 'python main.py');
  });

  test('a script is not run with a server that is not installed', () => {
    const files = (requirements: string) => ({
      'requirements.txt': requirements,
      'main.py':
        'from starlette.applications import Starlette\napp = Starlette()\nif __name__ == "__main__":\n    import uvicorn\n    uvicorn.run(app, host="0.0.0.0", port=5001)\n',
    });
    const start = startOf(files('starlette'));
    assert.match(start?.argv.join(' ') ?? '', /^uvicorn .* main:app$/);
    assert.match(start?.added ?? '', /uvicorn/);
    assert.equal(startOf(files('starlette\nuvicorn'))?.added, undefined);
  });

  test('a framework that nothing asks for is told', () => {
    const codes = (requirements: Record<string, string>) =>
      startOf({ 'main.py': 'import flask\nprint(flask.Flask(__name__))\n', ...requirements })?.advice.map(
        (a) => a.code,
      );
    assert.deepEqual(codes({}), ['undeclared-dependency']);
    assert.deepEqual(codes({ 'requirements.txt': 'flask' }), []);
  });

  test('agents of google-adk are served from the folder of their folders', () => {
    const agent = 'from google.adk.agents import Agent\nroot_agent = Agent(name="a")\n';
    const start = startOf({ 'requirements.txt': 'google-adk', 'weather/__init__.py': '', 'weather/agent.py': agent });
    assert.deepEqual(start?.argv, ['adk', 'api_server', '--host', '0.0.0.0', '--port', '$PORT', '.']);
    assert.equal(start?.port?.port, 8000);
    assert.equal(
      startOf({ 'requirements.txt': 'google-adk', 'agents/weather/agent.py': agent })?.argv.at(-1),
      'agents',
    );
  });

  test('a server of tools is one where it talks over HTTP', () => {
    const start = (run: string, made = 'FastMCP("tools")') =>
      startOf({
        'requirements.txt': 'fastmcp',
        'server.py': `from fastmcp import FastMCP\nmcp = ${made}\nif __name__ == "__main__":\n    ${run}\n`,
      });
    const http = start('asyncio.run(mcp.run_async(transport="streamable-http", port=os.getenv("PORT", 8080)))');
    assert.deepEqual([http?.argv.join(' '), http?.workload, http?.port?.port], ['python server.py', 'service', 8080]);
    assert.deepEqual(http?.env, { FASTMCP_HOST: '0.0.0.0' });
    assert.equal(start('mcp.run(transport="http", port=9000)')?.port?.port, 9000);
    assert.equal(start('mcp.run(transport="sse")', 'FastMCP("tools", port=9100)')?.port?.port, 9100);
    assert.equal(start('mcp.run(transport="http")')?.port?.port, 8000);
    assert.equal(start('mcp.run()')?.workload, 'job');
    assert.equal(start('mcp.run(transport="stdio")')?.port, undefined);
    assert.match(
      commandOf({
        'requirements.txt': 'mcp\nuvicorn',
        'server.py': 'from mcp.server.fastmcp import FastMCP\nmcp = FastMCP("t")\napp = mcp.streamable_http_app()\n',
      }) ?? '',
      /^uvicorn .* server:app$/,
    );
  });
});

describe('a program without a telling name', () => {
  const guarded = 'if __name__ == "__main__":\n    run()\n';

  test('is the only one that is called a server', () => {
    const files = { 'requirements.txt': 'grpcio\n', 'mail_client.py': guarded, 'mail_server.py': guarded };
    assert.equal(commandOf(files), 'python mail_server.py');
    assert.equal(commandOf({ ...files, 'chat_server.py': guarded }), undefined);
  });

  test('has its server in a module that only defines it', () => {
    const start = startOf({
      'requirements.txt': 'tornado\n',
      'shelf.py': `from library.server import serve\n${guarded}`,
      'library/__init__.py': '',
      'library/server.py':
        'from tornado.httpserver import HTTPServer\n\n\ndef serve():\n    HTTPServer(app).listen(8083)\n',
    });
    assert.deepEqual([start?.argv.join(' '), start?.port?.port], ['python shelf.py', 8083]);
  });
});

describe('a file with the name of a protocol', () => {
  test('makes the app, whatever with', () => {
    const wsgi = 'from masonite.foundation import Application\napplication = Application(__file__)\n';
    const start = startOf({ 'requirements.txt': 'masonite\n', 'wsgi.py': wsgi, 'asgi.py': wsgi });
    assert.match(start?.argv.join(' ') ?? '', /^gunicorn .*wsgi:application$/);
    assert.match(
      commandOf({ 'requirements.txt': 'lihil\n', 'asgi.py': 'from lihil import Lihil\napp: Lihil = Lihil()\n' }) ?? '',
      /^uvicorn .*asgi:app$/,
    );
  });

  test('is a program where it serves by itself', () => {
    const own = 'application = make()\nif __name__ == "__main__":\n    serve(application)\n';
    assert.equal(commandOf({ 'requirements.txt': 'masonite\n', 'wsgi.py': own }), 'python wsgi.py');
  });
});
