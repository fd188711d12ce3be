import * as z from 'zod';
import { advice } from './answers.ts';
import { sourceOptions } from './options.ts';

/** The analysis of a context, as JSON. */

export const analysisOptions = z.strictObject({
  ...sourceOptions.shape,
  speeds: z
    .string()
    .regex(/^\d{1,7}(\.\d{1,3})?(,\d{1,7}(\.\d{1,3})?){0,9}$/, 'has to be up to ten numbers with commas between')
    .default('10,100,1000')
    .meta({ description: 'Upload speeds to estimate times for, in megabits a second.', example: '10,100' }),
});
export type AnalysisOptions = z.infer<typeof analysisOptions>;

export const speedsOf = ({ speeds }: AnalysisOptions): number[] =>
  speeds
    .split(',')
    .map(Number)
    .filter((speed) => speed > 0);

const amount = z.object({ files: z.int(), bytes: z.int() }).meta({ id: 'Amount' });

const split = {
  sent: amount.meta({ description: 'Sent today, and with our patterns.' }),
  avoidable: amount.meta({ description: 'Sent today, and left out with our patterns.' }),
  ignored: amount.meta({ description: 'Left out by the project’s own ignore file.' }),
};
const state = z.enum(['sent', 'avoidable', 'ignored']);
const reach = z.enum(['image', 'build-stage', 'context', 'ignored']);

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ count: z.int().meta({ description: 'Of all; `items` holds the first of them.' }), items: z.array(item) });

const sized = z.object({ path: z.string(), ...split }).meta({ id: 'SizedFolder' });

export interface TreeNode {
  name: string;
  kind: 'folder' | 'file' | 'rest';
  files: number;
  bytes: Record<'sent' | 'avoidable' | 'ignored', number>;
  children?: TreeNode[] | undefined;
}

const node: z.ZodType<TreeNode> = z
  .object({
    name: z.string(),
    kind: z.enum(['folder', 'file', 'rest']),
    files: z.int(),
    bytes: z.object({ sent: z.int(), avoidable: z.int(), ignored: z.int() }),
    get children() {
      return z.array(node).optional();
    },
  })
  .meta({ id: 'TreeNode', description: 'The heavy parts in full; `rest` stands for the light ones of a folder.' });

export const analysisAnswer = z
  .object({
    summary: z.object({
      project: amount,
      sent: amount.meta({ description: 'By the project’s own ignore file.' }),
      ignored: amount,
      proposed: amount.meta({ description: 'What would be sent with the ignore file that is proposed.' }),
      saves: amount,
      read: amount.meta({
        description:
          'What of the proposed context the Dockerfile reads: all that a local build with BuildKit transfers.',
      }),
    }),
    upload: z
      .array(z.object({ megabitsPerSecond: z.number(), seconds: z.number(), proposedSeconds: z.number() }))
      .meta({ description: 'Of the context as a tar, uncompressed.' }),
    ignoreFile: z.object({ path: z.string(), exists: z.boolean() }),
    patterns: z.object({
      own: z.array(
        z.object({
          line: z.int(),
          pattern: z.string(),
          ignores: amount.meta({ description: 'What this pattern is the last to decide on.' }),
          matches: z.boolean().meta({ description: 'Whether it fits any path of the project.' }),
        }),
      ),
      ours: z.array(
        z.object({
          pattern: z.string(),
          purpose: z.string(),
          why: z.string(),
          saves: amount.meta({ description: 'On top of the project’s own.' }),
        }),
      ),
    }),
    folders: z.array(sized).meta({ description: 'Folders at the top; the path "" stands for the files there.' }),
    extensions: z.array(z.object({ extension: z.string(), ...split })),
    largest: z.object({
      files: z.array(z.object({ path: z.string(), bytes: z.int(), state })),
      folders: z.array(sized),
    }),
    duplicates: z.object({
      groups: z.int(),
      wasted: z.int(),
      largest: z.array(z.object({ bytes: z.int(), copies: z.int(), wasted: z.int(), paths: z.array(z.string()) })),
    }),
    secrets: listOf(
      z.object({
        path: z.string(),
        line: z.int().optional(),
        what: z.string().meta({ description: 'The kind of secret; never the secret itself.' }),
        today: reach.meta({ description: 'How far it gets with the project’s own ignore file.' }),
        proposed: reach.meta({ description: 'How far it gets with the ignore file that is proposed.' }),
        copiedBy: z.int().optional().meta({ description: 'The line of the Dockerfile that copies it.' }),
      }),
    ),
    collisions: listOf(z.object({ paths: z.array(z.string()) })),
    links: listOf(
      z.object({ path: z.string(), target: z.string(), why: z.enum(['missing', 'outside', 'ignored', 'loop']) }),
    ),
    emptied: listOf(z.string()).meta({
      description: 'Files that a local build sends with no content, by a fault of its sender.',
    }),
    dockerfile: z.object({
      path: z.string(),
      origin: z.enum(['generated', 'own', 'none']),
      steps: z.array(z.object({ line: z.int(), stage: z.string(), text: z.string() })),
    }),
    edits: z
      .array(
        z.object({
          paths: z.array(z.string()),
          feeds: z.array(z.int()).meta({ description: 'Lines of the Dockerfile that read them.' }),
          reruns: z.array(z.int()).meta({ description: 'Lines that run again after an edit, at most.' }),
        }),
      )
      .meta({ description: 'Top-level parts of the project, those together whose edits have the same effect.' }),
    tree: node,
    warnings: z.array(advice),
    notices: z.array(z.object({ code: z.string(), path: z.string().optional(), detail: z.string() })),
  })
  .meta({ id: 'Analysis' });
