import { chooseApp, chooseLanguage, findApps, type App } from '../detection/detect.ts';
import { pathBelow, type Inventory } from '../inventory/inventory.ts';
import { languages } from '../languages/index.ts';
import type { Inferred, Language, PlanRequest, Scope } from '../languages/language.ts';
import { mergeManifests, type MergedManifest } from '../manifest/merge.ts';
import { PROJECT_FILES } from '../manifest/files.ts';
import { parseManifest } from '../manifest/parse.ts';
import type { Manifest } from '../manifest/schema.ts';
import { folderFindings } from './folders.ts';
import { moveSecrets } from './secrets.ts';
import { startedBy } from '../plan/command.ts';
import type { Advice } from '../plan/plan.ts';
import { Problem } from '../problems/problem.ts';
import { declaredBy, type Declared } from '../platforms/index.ts';
import type { Process } from '../platforms/platform.ts';
import { argvOf, bindingProcess, declaredFindings, releaseAdvice, startingProcess } from './processes.ts';

/** A project that is understood: which app, in which language, with which settings, and why. */
export interface Project {
  readonly tree: Inventory;
  readonly app: App;
  readonly apps: readonly App[];
  readonly language: Language;
  readonly scope: Scope;
  /** The folder of `scope.inventory` below the tree's root; COPY sources are relative to the tree. */
  readonly root: string;
  readonly merged: MergedManifest;
  readonly advice: readonly Advice[];
  /** The environments that the manifest names. */
  readonly environments: readonly string[];
}

function projectManifest(tree: Inventory, app: string): { manifest: Manifest; file: string } | undefined {
  const places = app === '' ? PROJECT_FILES : [...PROJECT_FILES.map((f) => `${app}/${f}`), ...PROJECT_FILES];
  for (const file of places) {
    const text = tree.text(file);
    if (text !== undefined) return { manifest: parseManifest(text, file), file };
  }
  return undefined;
}

function scopeOf(
  tree: Inventory,
  language: Language,
  app: string,
  command: readonly string[] | undefined,
): { scope: Scope; root: string } {
  const root = app === '' ? undefined : language.workspaceOf?.(tree, app);
  if (root === undefined) return { scope: { inventory: tree.at(app), member: '', command }, root: app };
  const member = pathBelow(root, app);
  return { scope: { inventory: tree.at(root), member, command }, root };
}

interface Understood {
  readonly scope: Scope;
  readonly root: string;
  readonly inferred: Inferred;
  /** The declared process that is started; undefined where the language's own finding goes over it. */
  readonly main: Process | undefined;
}

/** Asks the language, and where it can only guess how the app starts, once more with what is declared. */
function inferredOf(
  tree: Inventory,
  language: Language,
  app: string,
  declared: Declared,
  asked: readonly string[] | undefined,
): Understood {
  const binding = bindingProcess(declared);
  const { scope, root } = scopeOf(tree, language, app, asked ?? (binding && argvOf(binding)));
  const inferred = language.infer(scope);
  const main = startingProcess(declared, inferred.findings);
  if (!main || scope.command) return { scope, root, inferred, main };
  const started = { ...scope, command: argvOf(main) };
  return { scope: started, root, inferred: language.infer(started), main };
}

/**
 * Understands a project: what was asked, over what its own manifest says, over what its files tell. Pure.
 * Throws the problems of detection, and `invalid-manifest` for a broken project file.
 */
export function understandProject(tree: Inventory, request: Manifest, environment?: string): Project {
  const atRoot = projectManifest(tree, request.app ?? '');
  const asked = request.app ?? atRoot?.manifest.app;
  const apps = findApps(tree, languages);
  const language = request.language ?? atRoot?.manifest.language;
  const app =
    language !== undefined && apps.length === 0 && asked === undefined
      ? { path: '', candidates: [] }
      : chooseApp(tree, languages, apps, asked);
  const project = projectManifest(tree, app.path);
  const chosen = chooseLanguage(app, languages, request.language ?? project?.manifest.language);
  if (environment !== undefined) checkEnvironment(environment, request, project?.manifest);
  const layers = {
    request,
    ...(project ? { project } : {}),
    ...(environment === undefined ? {} : { environment }),
  };
  const own = mergeManifests({ ...layers, findings: [] }).manifest;
  const said = startedBy(own.command, own.entrypoint?.program);
  const declared = declaredBy(tree, app.path);
  const { scope, root, inferred, main } = inferredOf(
    tree,
    chosen,
    app.path,
    declared,
    said && [...said.program, ...said.args],
  );
  const started = [...declaredFindings(declared, main, chosen, scope, inferred.findings), ...inferred.findings];
  const isSite = started.some((f) => f.at === '/workload' && f.value === 'static');
  const found = [...started, ...(isSite ? [] : folderFindings(tree, app.path))].filter(({ value }) =>
    isWritable(value),
  );
  // With a fixed program, `command` is its arguments, which nothing but the manifest can tell.
  const findings = own.entrypoint?.program === undefined ? found : found.filter((f) => f.at !== '/command');
  const detected = { at: '/language', value: chosen.id } as const;
  const signs = app.candidates.find((c) => c.language === chosen.id)?.signs ?? [];
  const { merged, advice: secretAdvice } = moveSecrets(mergeManifests({ ...layers, findings }));
  const origins = merged.origins[detected.at]
    ? merged.origins
    : {
        ...merged.origins,
        [detected.at]: {
          origin: 'detected' as const,
          from: { ...(signs[0] ? { file: signs[0].path } : {}), why: signs.map((s) => s.reason).join('; ') },
          rejected: app.candidates
            .filter((c) => c.language !== chosen.id)
            .map((c) => ({
              value: c.language,
              origin: 'detected' as const,
              from: { why: `its evidence weighs ${c.weight}: ${c.signs.map((s) => s.reason).join('; ')}` },
            })),
        },
      };
  const manifest = { ...merged.manifest, language: chosen.id, ...(app.path === '' ? {} : { app: app.path }) };
  return {
    tree,
    app,
    apps,
    language: chosen,
    scope,
    root,
    merged: { manifest, origins },
    advice: [...(inferred.advice ?? []), ...releaseAdvice(declared), ...secretAdvice],
    environments: [...new Set([request, project?.manifest].flatMap((m) => Object.keys(m?.environments ?? {})))],
  };
}

/** The schema's rule for texts, for those that a project's files say: what breaks it is as good as not said. */
const isWritable = (value: unknown): boolean => typeof value !== 'string' || !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(value);

function checkEnvironment(environment: string, ...manifests: readonly (Manifest | undefined)[]): void {
  const known = manifests.flatMap((m) => Object.keys(m?.environments ?? {}));
  if (known.includes(environment)) return;
  throw new Problem('not-plannable', {
    detail: `The manifest has no environment "${environment}".`,
    hint:
      known.length > 0
        ? `Those it has: ${known.join(', ')}.`
        : 'Add it under "environments", or leave the parameter out.',
  });
}

/** What a language is asked to plan. Throws `not-plannable` for a variant that it does not have. */
export function planRequestOf({ language, scope, merged: { manifest } }: Project): PlanRequest {
  const [preferred] = language.facts.variants;
  const variant = manifest.image?.variant ?? preferred;
  if (!language.facts.variants.includes(variant)) {
    throw new Problem('not-plannable', {
      detail: `${language.title} has no variant "${variant}".`,
      hint: `Those it has: ${language.facts.variants.join(', ')}.`,
    });
  }
  const started = startedBy(manifest.command, manifest.entrypoint?.program);
  const command = started && [...started.program, ...started.args];
  return { ...scope, settings: manifest, name: manifest.name, command, variant };
}
