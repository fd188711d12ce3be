import { asBuilt, type Delivery } from './delivery.ts';
import { chooseModule, type Candidate, type Choice } from './candidates.ts';
import { toldToServe } from './dropwizard.ts';
import { gradleDelivery } from './gradle-build.ts';
import { javacDelivery } from './javac-build.ts';
import { SOURCE_ROOT } from './layout.ts';
import { mavenDelivery } from './maven-delivery.ts';
import { readProject, type JavaProject } from './project.ts';
import type { Scope } from '../language.ts';

/** An app that is understood: which module, and how it leaves the build. */
export interface JavaApp {
  readonly project: JavaProject;
  readonly choice: Choice;
  readonly candidate: Candidate | undefined;
  readonly delivery: Delivery | undefined;
}

function deliveryOf(project: JavaProject, candidate: Candidate): Delivery | undefined {
  if (project.tool === 'maven') return mavenDelivery(project, candidate);
  return project.tool === 'gradle' ? gradleDelivery(project, candidate) : javacDelivery(project, candidate);
}

/** A command of the user's that starts something from the build itself: then how it is started is known. */
function ofCommand(project: JavaProject, command: readonly string[]): Delivery {
  const goals = project.tool === 'gradle' ? ['assemble'] : ['package'];
  const nothing: Delivery = { goals, collect: [], copies: [], argv: command, why: 'as the command expects it' };
  return asBuilt(nothing, command, SOURCE_ROOT);
}

export function javaApp(scope: Scope, tool?: string, command?: readonly string[]): JavaApp {
  const project = readProject(scope, tool);
  const choice = chooseModule(project);
  const { candidate } = choice;
  const found = candidate && deliveryOf(project, candidate);
  const made = candidate && found && toldToServe(project.inventory, candidate, found);
  const delivery =
    command === undefined
      ? made
      : made
        ? asBuilt(made, command, SOURCE_ROOT)
        : candidate && ofCommand(project, command);
  return { project, choice, candidate, delivery };
}
