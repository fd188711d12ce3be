import type { Advice, BuildPlan, Stage, Step } from '../../plan/plan.ts';
import { Problem } from '../../problems/problem.ts';
import type { PlanRequest } from '../language.ts';
import { javaApp, type JavaApp } from './app.ts';
import { noModule, type Candidate } from './candidates.ts';
import type { Delivery } from './delivery.ts';
import { gradleJdks, gradleStages, gradleTool } from './gradle-build.ts';
import { javacStage } from './javac-build.ts';
import { APP_ROOT, BUILD_STAGE } from './layout.ts';
import { mavenStage } from './maven-build.ts';
import { nodeForBuild } from './node-tools.ts';
import { platformAdvice } from './platform-advice.ts';
import { bootVersion } from './project.ts';
import { groundOf, tomcatGround, tomcatLine } from './runtime.ts';
import { DEFAULT_PORT } from './serving.ts';
import { planUnpacked, unpackedIn } from './unpacked.ts';
import { javaLine, javaVersion, versionAdvice } from './version.ts';
import { writableSteps } from '../writable-steps.ts';
import { atHome, writesFiles } from './writable.ts';

/** The stages that build, and the line of Java that the result runs on. */
function building(
  { project }: JavaApp,
  candidate: Candidate,
  delivery: Delivery,
  request: PlanRequest,
): { stages: Stage[]; line: string } {
  const asked = request.settings.runtime ?? javaVersion(project, candidate.module).version;
  const line = javaLine(asked);
  const node = nodeForBuild(project);
  const withNode = (stages: Stage[]): Stage[] =>
    node === undefined
      ? stages
      : [
          ...node.stages,
          ...stages.map((s) => (s.name === BUILD_STAGE ? { ...s, steps: [...node.steps, ...s.steps] } : s)),
        ];
  if (project.tool === 'maven')
    return { stages: withNode([mavenStage(project, candidate, delivery, request, line)]), line };
  if (project.tool === 'javac') return { stages: [javacStage(project, delivery, line)], line };
  const tool = gradleTool(project);
  const jdks = gradleJdks(project, tool, line);
  return { stages: withNode(gradleStages(project, candidate, delivery, request, tool, jdks)), line: jdks.runtime };
}

function portOf(candidate: Candidate, delivery: Delivery, { settings }: PlanRequest): number | undefined {
  if (settings.port !== undefined) return settings.port;
  const workload = settings.workload ?? (delivery.war ? 'service' : candidate.serving.workload);
  return workload === 'service' ? (candidate.serving.port?.port ?? DEFAULT_PORT) : undefined;
}

function wrapperAdvice({ project }: JavaApp): Advice[] {
  const { inventory, tool } = project;
  if (tool !== 'gradle' || !inventory.complete || !inventory.isFile('gradle/wrapper/gradle-wrapper.properties'))
    return [];
  if (inventory.isFile('gradle/wrapper/gradle-wrapper.jar')) return [];
  return [
    {
      code: 'incomplete-wrapper',
      detail:
        'gradle/wrapper/gradle-wrapper.jar is not in the project, so the wrapper cannot be used; an image brings Gradle instead.',
      hint: 'Keep the file in the repository: a line "*.jar" in .gitignore takes it away.',
      file: 'gradle/wrapper/gradle-wrapper.properties',
    },
  ];
}

/** Decides the build of a project of Java or Kotlin. Throws where no module or no main class can be found. */
export function planJava(request: PlanRequest): BuildPlan {
  const unpacked = unpackedIn(request);
  if (unpacked) return planUnpacked(request, unpacked);
  const app = javaApp(request, request.settings.packageManager, request.command);
  const { candidate, delivery } = app;
  if (!candidate || !delivery) throw noModule(app.choice);
  const { stages, line } = building(app, candidate, delivery, request);
  if (delivery.war && request.variant !== 'slim') {
    throw new Problem('not-plannable', {
      detail: `A web archive runs in Tomcat, whose image has no variant "${request.variant}".`,
      hint: 'Ask for variant=slim, or make the app an archive that starts by itself.',
    });
  }
  const ground = delivery.war
    ? tomcatGround(
        line,
        tomcatLine(candidate.module.dependencies, bootVersion(app.project, candidate.module), candidate.code),
      )
    : groundOf(request.variant, line, APP_ROOT);
  const port = portOf(candidate, delivery, request);
  const writes = writesFiles(app.project.inventory, candidate.module.folder, candidate.code);
  const writable = writes
    ? writableSteps({ folders: [ground.workdir], from: writes.from }, ground.os)
    : { steps: [], advice: [] };
  const groundSteps = writes?.home === true ? atHome(ground.steps, ground.workdir) : ground.steps;
  const env: Step[] =
    port !== undefined && Object.keys(candidate.serving.env).length > 0
      ? [
          {
            kind: 'env',
            vars: { ...candidate.serving.env },
            why: 'the framework’s own settings for its port: it fills PORT in when it starts',
          },
        ]
      : [];
  return {
    stages,
    runtime: {
      base: ground.base,
      os: ground.os,
      why: ground.why,
      workdir: ground.workdir,
      steps: [...groundSteps, ...env, ...delivery.copies, ...writable.steps],
      process: {
        argv: delivery.argv,
        why: 'Java as PID 1: it ends in order on SIGTERM',
        ...(delivery.from ? { evidence: [delivery.from] } : {}),
        init: false,
      },
      ...(ground.clearEntrypoint ? { clearEntrypoint: true } : {}),
      ...(port === undefined ? {} : { port }),
      probe: port === undefined ? 'none' : ground.probe,
    },
    advice: [
      ...versionAdvice(line),
      ...wrapperAdvice(app),
      ...(delivery.war ? platformAdvice(candidate.module.dependencies) : []),
      ...writable.advice,
      ...candidate.serving.advice,
    ],
  };
}
