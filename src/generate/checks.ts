import { parse as parseToml } from 'smol-toml';
import { joinPath, type Inventory } from '../inventory/inventory.ts';
import { referenceOf } from '../plan/mirror.ts';
import type { FinishedPlan } from '../plan/plan.ts';
import type { Project } from './project.ts';

/** How a project is tested and linted, for a pipeline: told by its files, one command after the other. */
export interface Checks {
  /** The image that the commands run in: what the project is built with. */
  readonly image: string;
  readonly setup: readonly (readonly string[])[];
  readonly lint: readonly (readonly string[])[];
  readonly test: readonly (readonly string[])[];
}

type Commands = Omit<Checks, 'image'>;

interface View {
  readonly has: (name: string) => boolean;
  readonly text: (name: string) => string | undefined;
  readonly tree: Inventory;
  readonly manager: string | undefined;
}

const jsonScripts = (text: string | undefined): Record<string, unknown> => {
  try {
    return (JSON.parse(text ?? '{}') as { scripts?: Record<string, unknown> } | null)?.scripts ?? {};
  } catch {
    return {};
  }
};

/** What `npm init` writes where there are no tests. */
const NO_TEST = /no test specified/;

function javaScript({ has, text, manager }: View): Commands | undefined {
  if (!has('package.json')) return undefined;
  const scripts = jsonScripts(text('package.json'));
  const script = (name: string): boolean => typeof scripts[name] === 'string' && !NO_TEST.test(scripts[name]);
  const installs: Record<string, readonly (readonly string[])[]> = {
    npm: [has('package-lock.json') || has('npm-shrinkwrap.json') ? ['npm', 'ci'] : ['npm', 'install']],
    pnpm: [
      ['corepack', 'enable'],
      ['pnpm', 'install', ...(has('pnpm-lock.yaml') ? ['--frozen-lockfile'] : [])],
    ],
    yarn: [
      ['corepack', 'enable'],
      ['yarn', 'install'],
    ],
    bun: [['bun', 'install', ...(has('bun.lock') || has('bun.lockb') ? ['--frozen-lockfile'] : [])]],
  };
  const runner = manager !== undefined && Object.hasOwn(installs, manager) ? manager : 'npm';
  return {
    setup: installs[runner] ?? [],
    lint: script('lint') ? [[runner, 'run', 'lint']] : [],
    test: script('test') ? [[runner, ...(runner === 'bun' ? ['run', 'test'] : ['test'])]] : [],
  };
}

function tomlTable(text: string | undefined): Record<string, unknown> {
  try {
    return parseToml(text ?? '');
  } catch {
    return {};
  }
}

function python({ has, text, tree, manager }: View): Commands | undefined {
  const pyproject = tomlTable(text('pyproject.toml'));
  if (!has('pyproject.toml') && !has('requirements.txt') && !has('setup.py') && !has('Pipfile')) return undefined;
  const tool = (pyproject['tool'] ?? {}) as Record<string, unknown>;
  const runs: Record<string, { setup: readonly (readonly string[])[]; run: readonly string[] }> = {
    uv: {
      setup: [
        ['pip', 'install', 'uv'],
        ['uv', 'sync'],
      ],
      run: ['uv', 'run'],
    },
    poetry: {
      setup: [
        ['pip', 'install', 'poetry'],
        ['poetry', 'install'],
      ],
      run: ['poetry', 'run'],
    },
    pdm: {
      setup: [
        ['pip', 'install', 'pdm'],
        ['pdm', 'install'],
      ],
      run: ['pdm', 'run'],
    },
    pipenv: {
      setup: [
        ['pip', 'install', 'pipenv'],
        ['pipenv', 'install', '--dev'],
      ],
      run: ['pipenv', 'run'],
    },
  };
  const requirements = [
    'requirements.txt',
    'requirements-dev.txt',
    'dev-requirements.txt',
    'requirements/dev.txt',
  ].filter(has);
  const known = manager === undefined ? undefined : runs[manager];
  const { setup, run } = known ?? {
    setup:
      requirements.length > 0
        ? [['pip', 'install', ...requirements.flatMap((f) => ['-r', f])]]
        : [['pip', 'install', '.']],
    run: [],
  };
  const says = (name: string): boolean =>
    [...requirements, 'pyproject.toml', 'Pipfile'].some((f) =>
      new RegExp(`(^|["'\\s])${name}\\b`, 'mi').test(text(f) ?? ''),
    );
  const hasTests = tree.files(/(^|\/)(test_[^/]+|[^/]+_test|tests)\.py$|(^|\/)tests?\/[^/]+\.py$/).length > 0;
  const missing = (name: string): (readonly string[])[] => (says(name) ? [] : known ? [] : [['pip', 'install', name]]);
  const django = has('manage.py');
  const lints = 'ruff' in tool || has('ruff.toml') || has('.ruff.toml') || says('ruff');
  return {
    setup: [...setup, ...(hasTests && !django ? missing('pytest') : []), ...(lints ? missing('ruff') : [])],
    lint: lints ? [[...run, 'ruff', 'check', '.']] : [],
    test: !hasTests
      ? []
      : [django && !says('pytest') ? [...run, 'python', 'manage.py', 'test'] : [...run, 'python', '-m', 'pytest']],
  };
}

const when = (condition: boolean, ...argv: readonly string[]): (readonly string[])[] => (condition ? [argv] : []);

function others({ has, tree }: View): Commands | undefined {
  if (has('go.mod')) return { setup: [], lint: [['go', 'vet', './...']], test: [['go', 'test', './...']] };
  if (has('pom.xml')) return { setup: [], lint: [], test: [['mvn', '--batch-mode', 'verify']] };
  if (has('build.gradle') || has('build.gradle.kts'))
    return { setup: [], lint: [], test: [['gradle', '--no-daemon', 'check']] };
  if (has('Cargo.toml'))
    return { setup: [], lint: [], test: [['cargo', 'test', ...(has('Cargo.lock') ? ['--locked'] : [])]] };
  if (has('mix.exs'))
    return {
      setup: [
        ['mix', 'local.hex', '--force'],
        ['mix', 'deps.get'],
      ],
      lint: [['mix', 'format', '--check-formatted']],
      test: [['mix', 'test']],
    };
  if (has('Gemfile'))
    return {
      setup: [['bundle', 'install']],
      lint: when(has('.rubocop.yml'), 'bundle', 'exec', 'rubocop'),
      test: [
        ...when(has('.rspec'), 'bundle', 'exec', 'rspec'),
        ...when(!has('.rspec') && has('bin/rails') && has('test'), 'bin/rails', 'test'),
      ],
    };
  if (has('composer.json'))
    return {
      setup: [['composer', 'install', '--no-interaction']],
      lint: [],
      test: when(has('phpunit.xml') || has('phpunit.xml.dist'), 'vendor/bin/phpunit'),
    };
  if (has('deno.json') || has('deno.jsonc'))
    return {
      setup: [],
      lint: [['deno', 'lint']],
      test: when(tree.files(/_test\.[jt]sx?$|\.test\.[jt]sx?$/).length > 0, 'deno', 'test', '--allow-all'),
    };
  if (tree.files(/\.(csproj|fsproj|sln|slnx)$/).length > 0) return { setup: [], lint: [], test: [['dotnet', 'test']] };
  return undefined;
}

/** The image of the stage that installs and builds; else the one that runs. */
function toolImage(plan: FinishedPlan): string {
  const builds = plan.stages.findLast(
    (stage) =>
      typeof stage.base === 'object' &&
      'image' in stage.base &&
      stage.steps.some((s) => s.kind === 'run' && (s.phase === 'install' || s.phase === 'build')),
  );
  const base = (builds ?? plan.stages.at(-1))?.base;
  return typeof base === 'object' && 'image' in base ? referenceOf(base) : 'debian:stable-slim';
}

/** The commands for a project, in its own folder. */
export function checksOf({ tree, app, merged }: Project, plan: FinishedPlan): Checks {
  const at = tree.at(app.path);
  const view: View = {
    has: (name) => tree.entry(joinPath(app.path, name)) !== undefined,
    text: (name) => tree.text(joinPath(app.path, name)),
    tree: at,
    manager: merged.manifest.packageManager,
  };
  const language = merged.manifest.language;
  const found =
    (language === 'python' ? python(view) : undefined) ??
    (language === 'node' ? javaScript(view) : undefined) ??
    others(view) ??
    python(view) ??
    javaScript(view);
  return { image: toolImage(plan), ...(found ?? { setup: [], lint: [], test: [] }) };
}
