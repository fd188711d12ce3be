import type * as z from 'zod';
import type { ContextAnalysis } from '../context/analysis.ts';
import { compareVariants } from '../generate/compare-variants.ts';
import type { Build } from '../generate/build.ts';
import type { Project } from '../generate/project.ts';
import type { Notice } from '../source/tree-builder.ts';
import type { analysisAnswer } from './schemas/analysis.ts';
import type { dockerfileAnswer, ignoreAnswer, manifestAnswer } from './schemas/answers.ts';

/** A build as the JSON that its operations answer with. */

type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [K in keyof T]: Plain<T[K]> }
    : T;

/** The same value; answers are read-only here and plain data to the schema's types. */
const plain = <T>(value: T): Plain<T> => value as Plain<T>;

export function dockerfileJson({ project, dockerfile, warnings }: Build): z.input<typeof dockerfileAnswer> {
  return {
    dockerfile: dockerfile.text,
    ...(project ? { language: project.language.id, app: project.app.path } : {}),
    images: plain(dockerfile.images),
    ...(project ? { variants: plain(compareVariants(project)) } : {}),
    steps: plain(dockerfile.steps),
    warnings: plain(warnings),
  };
}

export function ignoreJson({ ignore, warnings }: Build): z.input<typeof ignoreAnswer> {
  return {
    dockerignore: ignore.text,
    path: ignore.path,
    patterns: ignore.generated.patterns.map(({ pattern, purpose, why, matches, saves }) => ({
      pattern,
      purpose,
      why,
      matches,
      saves,
    })),
    warnings: plain(warnings.filter((w) => w.code.startsWith('ignore-') || w.code.startsWith('copy-'))),
  };
}

export function manifestJson(project: Project, notices: readonly Notice[]): z.input<typeof manifestAnswer> {
  return {
    manifest: project.merged.manifest,
    origins: plain(project.merged.origins),
    apps: project.apps.map(({ path, candidates: [best] }) => ({ path, ...(best ? { language: best.language } : {}) })),
    candidates: plain(project.app.candidates),
    warnings: plain(project.advice),
    notices: plain(notices),
  };
}

export const analysisJson = (
  analysis: ContextAnalysis,
  notices: readonly Notice[],
): z.input<typeof analysisAnswer> => ({
  ...plain(analysis),
  notices: plain(notices),
});
