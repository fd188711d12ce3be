import type { Evidence, FinishedPlan, Stage, Step } from '../plan/plan.ts';
import type { Templates } from './templates.ts';

/** One instruction of the Dockerfile, where it stands, and why it is there. */
export interface ExplainedStep {
  readonly stage: string;
  /** First line of the instruction, from 1. */
  readonly line: number;
  readonly instruction: string;
  readonly why: string;
  readonly evidence?: readonly Evidence[];
}

export interface RenderedDockerfile {
  readonly text: string;
  readonly steps: readonly ExplainedStep[];
}

function stepText(templates: Templates, step: Step): string {
  const text = templates(`steps/${step.kind}`, step).replace(/\n$/, '');
  return step.comment === undefined ? text : `# ${step.comment}\n${text}`;
}

/** Writes a plan down, and says for each line why it is there. `generator` is the version that wrote it. */
export function renderDockerfile(
  plan: Omit<FinishedPlan, 'image'>,
  templates: Templates,
  generator: string,
): RenderedDockerfile {
  const stages = plan.stages.map((stage) => ({ stage, texts: stage.steps.map((step) => stepText(templates, step)) }));
  const text = templates('Dockerfile', {
    syntax: plan.syntax,
    generator,
    stages: stages.map(({ stage, texts }) => ({
      name: stage.name,
      from: stage.base,
      buildPlatform: stage.buildPlatform,
      steps: texts,
    })),
  });
  return { text, steps: explain(text, stages) };
}

function explain(text: string, stages: readonly { stage: Stage; texts: readonly string[] }[]): ExplainedStep[] {
  const explained: ExplainedStep[] = [];
  let at = 0;
  let counted = { offset: 0, line: 1 };
  /** Asked for in the order of the text. */
  const lineAt = (offset: number): number => {
    let { line } = counted;
    for (let i = text.indexOf('\n', counted.offset); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) line++;
    counted = { offset, line };
    return line;
  };
  for (const { stage, texts } of stages) {
    at = text.indexOf('\nFROM ', at) + 1;
    const end = text.indexOf('\n', at);
    explained.push({ stage: stage.name, line: lineAt(at), instruction: text.slice(at, end), why: stage.why });
    at = end;
    for (const [i, written] of texts.entries()) {
      const step = stage.steps[i];
      if (!step) continue;
      at = text.indexOf(`\n${written}`, at) + 1;
      const skip = step.comment === undefined ? 0 : written.indexOf('\n') + 1;
      const { why, evidence } = step;
      explained.push({
        stage: stage.name,
        line: lineAt(at + skip),
        instruction: written.slice(skip),
        why,
        ...(evidence ? { evidence } : {}),
      });
      at += written.length - 1;
    }
  }
  return explained;
}
