import { ownBuildStep } from '../../plan/build-inputs.ts';
import type { Stage, Step } from '../../plan/plan.ts';
import { all, sh, type Shell } from '../../plan/shell.ts';
import type { PlanRequest } from '../language.ts';
import { readsEnvFile, servedFolder, type PhpApp } from './app.ts';
import { hasPackage } from './composer.ts';
import { APP_ROOT } from './server.ts';
import { VENDOR_STAGE } from './vendor-stage.ts';

/** What a framework makes before it runs, made with the app's own PHP and extensions. */
const BUILD_STAGE = 'build';

function laravel({ inventory, root }: PhpApp): Shell[] {
  const link = root?.folder === 'public' && inventory.entry('public/storage') === undefined;
  return [
    sh`mkdir -p bootstrap/cache storage/app/public storage/framework/cache/data storage/framework/sessions storage/framework/views storage/logs`,
    sh`php artisan package:discover --no-interaction`,
    ...(link ? [sh`ln -s ../storage/app/public public/storage`] : []),
  ];
}

function symfony(app: PhpApp): Shell[] {
  const { composer, inventory } = app;
  const has = (name: string): boolean => hasPackage(composer, name);
  const console = (command: string): Shell => sh`php bin/console ${command} --no-interaction`;
  const mapped = has('symfony/asset-mapper');
  return [
    ...(readsEnvFile(app) && !inventory.isFile('.env') ? [sh`touch .env`] : []),
    ...(mapped && inventory.isFile('importmap.php') && !inventory.isDirectory('assets/vendor')
      ? [console('importmap:install')]
      : []),
    ...(has('symfonycasts/sass-bundle') ? [console('sass:build')] : []),
    ...(has('symfonycasts/tailwind-bundle') ? [sh`php bin/console tailwind:build --minify --no-interaction`] : []),
    console('assets:install'),
    ...(mapped ? [console('asset-map:compile')] : []),
    console('cache:warmup'),
  ];
}

function commands(app: PhpApp): Shell[] {
  if (app.framework?.id === 'laravel' && app.inventory.isFile('artisan')) return laravel(app);
  if (app.framework?.id === 'symfony' && app.inventory.isFile('bin/console')) return symfony(app);
  return [];
}

/** Where the built app lies in its last stage: none at all where the context is the app. */
export interface Built {
  readonly stages: readonly Stage[];
  readonly from: string | undefined;
}

/** `assets` is the stage of a package.json's build script, where there is one; what it makes is taken along. */
export function buildStage(
  app: PhpApp,
  request: PlanRequest,
  base: Stage['base'],
  assets: { readonly name: string; readonly root: string } | undefined,
): Built {
  const own = request.settings.build?.command;
  const made = commands(app);
  const vendored = app.composer !== undefined;
  if (own === undefined && made.length === 0 && !assets)
    return { stages: [], from: vendored ? VENDOR_STAGE : undefined };
  const served = servedFolder(app);
  const steps: Step[] = [
    { kind: 'workdir', path: APP_ROOT, why: 'the app' },
    ...(app.framework && Object.keys(app.framework.env).length > 0
      ? [{ kind: 'env', vars: app.framework.env, why: 'what is built is for production' } satisfies Step]
      : []),
    vendored
      ? { kind: 'copy', from: VENDOR_STAGE, sources: [`${APP_ROOT}/`], to: './', why: 'the source, with its packages' }
      : { kind: 'copy', sources: ['.'], to: './', why: 'the source' },
    ...(assets
      ? [
          {
            kind: 'copy',
            from: assets.name,
            sources: [served === '' ? `${assets.root}/` : `${assets.root}/${served}/`],
            to: served === '' ? './' : `./${served}/`,
            ...(served === '' ? { exclude: ['node_modules', '**/node_modules'] } : {}),
            why: 'the assets that were built',
          } satisfies Step,
        ]
      : []),
    ...(made.length > 0
      ? [
          {
            kind: 'run',
            phase: 'build',
            command: all(...made),
            why: 'what the framework makes once, and not at each start',
            ...(app.framework ? { evidence: [app.framework.from] } : {}),
          } satisfies Step,
        ]
      : []),
    ...(own === undefined ? [] : [ownBuildStep(own)]),
  ];
  return {
    stages: [{ name: BUILD_STAGE, base, why: 'makes what the app needs, with its own PHP', steps }],
    from: BUILD_STAGE,
  };
}
