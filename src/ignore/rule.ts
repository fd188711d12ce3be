/** What a pattern of a generated `.dockerignore` is for; also the order in which the groups are written. */
export const ignorePurposes = [
  'version-control',
  'dependencies',
  'build-output',
  'cache',
  'logs',
  'editor',
  'test',
  'secret',
  'container',
  'needed',
] as const;

export type IgnorePurpose = (typeof ignorePurposes)[number];

/** A pattern in `.dockerignore` syntax, with its reason. Languages bring lists of these. */
export interface IgnoreRule {
  readonly pattern: string;
  readonly purpose: IgnorePurpose;
  readonly why: string;
}
