import type { Rejected } from '../language.ts';
import { Problem } from '../../problems/problem.ts';
import { codeIn, type Code, type MainClass } from './code.ts';
import { functionTarget } from './function-target.ts';
import { mainClassOf, statedMainClass } from './main-class.ts';
import { pluginOf, remoteParent, settingsOf } from './maven.ts';
import { pluginVersion, type JavaModule, type JavaProject } from './project.ts';
import { servingOf, type Mark, type Serving } from './serving.ts';

/** A module that can be started, and what is known of it. */
export interface Candidate {
  readonly module: JavaModule;
  readonly code: readonly Code[];
  readonly main: MainClass | undefined;
  /** A function that a framework serves, of a module without a main method. */
  readonly functionTarget: MainClass | undefined;
  readonly others: readonly MainClass[];
  readonly serving: Serving;
  /** 2: its build file says that it is an app; 1: its source has a main method; 0: neither. */
  readonly strength: 0 | 1 | 2;
  /** Dependencies may come from where they cannot be seen: a parent, a convention, a file that was not sent. */
  readonly assumesLibraries: boolean;
}

function marksOf(module: JavaModule): Mark[] {
  const parent = module.maven && remoteParent(module.maven);
  const plugins = module.gradle?.plugins ?? [];
  return [
    ...module.dependencies,
    ...plugins.map((p) => ({ id: p.id, from: p.from })),
    ...(parent
      ? [
          {
            id: `${parent.groupId}:${parent.artifactId}`,
            from: { file: module.file, line: parent.line, why: `the parent ${parent.artifactId}` },
          },
        ]
      : []),
  ];
}

const FAT_PLUGINS = [
  'org.springframework.boot',
  'io.quarkus',
  'application',
  'io.ktor.plugin',
  'io.micronaut.application',
  'io.micronaut.minimal.application',
  'war',
  'com.github.johnrengelman.shadow',
  'com.gradleup.shadow',
  'org.gretty',
  'io.helidon.application',
  'com.google.cloud.tools.jib',
];

function strengthOf(
  project: JavaProject,
  module: JavaModule,
  code: readonly Code[],
  main: MainClass | undefined,
): Candidate['strength'] {
  const { maven, gradle } = module;
  const known = project.inventory.complete;
  if (maven) {
    if (maven.pom.packaging === 'pom') return 0;
    if (maven.pom.packaging === 'war') return 2;
    if (pluginOf(maven, 'quarkus-maven-plugin')?.declared) return code.length > 0 || !known ? 2 : 0;
    const boot = pluginOf(maven, 'spring-boot-maven-plugin');
    if (boot?.declared && settingsOf(maven, boot, 'skip')[0] !== 'true' && (main !== undefined || !known)) return 2;
    const stated = statedMainClass(module);
    if (
      stated &&
      (stated.from.file === module.file ||
        code.some((c) => c.text.includes(stated.name.slice(stated.name.lastIndexOf('.') + 1))))
    )
      return 2;
  }
  if (gradle) {
    const plugin = pluginVersion(module, FAT_PLUGINS);
    const stated = statedMainClass(module);
    if (pluginVersion(module, ['war'])) return 2;
    if (pluginVersion(module, ['io.quarkus'])) return code.length > 0 || !known ? 2 : 0;
    if ((plugin ?? stated) && (main !== undefined || !known)) return 2;
  }
  return main === undefined ? 0 : 1;
}

function candidateOf(project: JavaProject, module: JavaModule): Candidate {
  const nested = project.modules
    .map((m) => m.folder)
    .filter((f) => f !== module.folder && f.startsWith(module.folder === '' ? '' : `${module.folder}/`));
  const code = codeIn(project.inventory, module.folder).filter(
    ({ path }) => !nested.some((folder) => path.startsWith(`${folder}/`)),
  );
  const { main, others } = mainClassOf(module, code);
  const target = main === undefined ? functionTarget(module, code) : undefined;
  const parent = module.maven && remoteParent(module.maven);
  return {
    module,
    code,
    main,
    functionTarget: target,
    others,
    serving: servingOf(project.inventory, module.folder, marksOf(module), code),
    strength: target ? 2 : strengthOf(project, module, code, main),
    assumesLibraries: !project.inventory.complete || parent !== undefined,
  };
}

/** All modules that can be started, in the build's order. */
export function candidatesOf(project: JavaProject): Candidate[] {
  const all = project.modules.map((module) => candidateOf(project, module));
  const strong = all.filter((c) => c.strength === 2);
  return strong.length > 0 ? strong : all.filter((c) => c.strength === 1);
}

export interface Choice {
  readonly candidate: Candidate | undefined;
  readonly rejected: readonly Rejected[];
  /** Where several would do and none was chosen. */
  readonly tied: readonly Candidate[];
}

/** The module to start: the one asked for, else the root, else the only one, else the only one that serves. */
export function chooseModule(project: JavaProject): Choice {
  const asked = project.modules.find((m) => m.folder === project.member);
  if (project.member !== '' && asked) return { candidate: candidateOf(project, asked), rejected: [], tied: [] };
  const all = candidatesOf(project);
  const serving = all.filter((c) => c.serving.workload === 'service');
  const chosen =
    all.find((c) => c.module.folder === '') ??
    (all.length === 1 ? all[0] : serving.length === 1 ? serving[0] : undefined);
  if (!chosen)
    return { candidate: all.length === 0 && asked ? candidateOf(project, asked) : undefined, rejected: [], tied: all };
  const rejected = all
    .filter((c) => c !== chosen)
    .map((c) => ({ value: c.module.folder || '.', from: { file: c.module.file, why: 'it can be started as well' } }));
  return { candidate: chosen, rejected, tied: [] };
}

export function noModule({ tied }: Choice): Problem {
  if (tied.length > 1) {
    const folders = tied.map((c) => c.module.folder);
    return new Problem('ambiguous-app', {
      detail: `${tied.length} modules can be started: ${folders.slice(0, 20).join(', ')}.`,
      hint: `Choose one with ?app=${folders[0] ?? ''}, or "app" in the manifest.`,
      members: { apps: tied.map((c) => ({ path: c.module.folder, language: 'java' })) },
    });
  }
  return new Problem('no-start-command', {
    detail: 'No class with a main method was found, and the build file names none.',
    hint: 'Name it in the build file (mainClass of the jar or exec plugin, `application { mainClass }` in Gradle), or set "command" in the manifest or a Procfile.',
  });
}
