import { joinPath } from '../../inventory/inventory.ts';
import type { Stage, Step } from '../../plan/plan.ts';
import { sh } from '../../plan/shell.ts';
import type { Candidate } from './candidates.ts';
import { type Delivery } from './delivery.ts';
import { BUILD_STAGE, OUTPUT, SOURCE_ROOT } from './layout.ts';
import type { JavaProject } from './project.ts';
import { jdkImage } from './version.ts';

/** A few files of Java without a build tool. */

const CLASSES = `${OUTPUT}/classes`;

const hasLibraries = ({ inventory }: JavaProject): boolean => inventory.files(/^lib\/[^/]+\.jar$/).length > 0;

export function javacDelivery(project: JavaProject, { main }: Candidate): Delivery | undefined {
  if (main?.from.file?.endsWith('.java') !== true) return undefined;
  const libraries = hasLibraries(project);
  const resources = ['src/main/resources', 'resources'].filter((f) => project.inventory.isDirectory(f));
  const copies: Step[] = [
    ...(libraries
      ? [
          {
            kind: 'copy',
            sources: ['lib/'],
            to: './lib/',
            why: 'libraries that the project brings along',
          } satisfies Step,
        ]
      : []),
    { kind: 'copy', from: BUILD_STAGE, sources: [`${CLASSES}/`], to: './classes/', why: 'the app' },
  ];
  return {
    goals: [],
    collect: resources.map((folder) => sh`cp -r ${joinPath(folder, '.')} ${`${CLASSES}/`}`),
    copies,
    argv: ['java', '-cp', libraries ? 'classes:lib/*' : 'classes', main.name],
    why: 'no build tool is configured: all sources are compiled together',
    from: main.from,
  };
}

export function javacStage(project: JavaProject, delivery: Delivery, jdk: string): Stage {
  const path = hasLibraries(project) ? sh`-cp ${'lib/*'} ` : sh``;
  return {
    name: BUILD_STAGE,
    base: jdkImage(jdk),
    why: `the JDK ${jdk}`,
    steps: [
      { kind: 'workdir', path: SOURCE_ROOT, why: 'the source' },
      { kind: 'copy', sources: ['.'], to: '.', why: 'the source' },
      {
        kind: 'run',
        phase: 'build',
        command: {
          lines: [
            ...sh`find . -name '*.java' -not -path '*/src/test/*' -not -path '*/test/*' > /tmp/sources`.lines,
            ...sh`javac -encoding UTF-8 ${path}-d ${CLASSES} @/tmp/sources`.lines,
            ...delivery.collect.flatMap((c) => c.lines),
          ],
        },
        why: delivery.why,
      },
    ],
  };
}
