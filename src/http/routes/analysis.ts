import * as z from 'zod';
import { defineOperation, type Operation, type Services } from '../operation.ts';
import { analysisAnswer, analysisOptions } from '../schemas/analysis.ts';
import { answerFromSource, sourceBody, sourceProblems } from '../source-call.ts';

/** What is in a build context: for programs, for a terminal, for a browser. */
export function analysisOperations(services: Services): Operation[] {
  return [
    defineOperation({
      method: 'post',
      url: '/v1/source/analysis',
      id: 'analyzeSource',
      tag: 'source',
      access: 'caller',
      upload: 'read',
      summary: 'What is in a build context',
      description:
        'Bytes and files that are sent and ignored, by folder, extension and pattern; what could be left out on top; the largest files; duplicates; secrets and how far they get; what an edit makes the build run again. As JSON, as text for a terminal, or as one HTML page with a map. A project that no Dockerfile can be made for is analysed all the same.',
      query: analysisOptions,
      requestBody: sourceBody,
      answers: {
        '200': {
          description: 'The analysis.',
          content: {
            'application/json': { schema: analysisAnswer },
            'text/plain': { schema: z.string() },
            'text/html': { schema: z.string() },
          },
        },
      },
      problems: sourceProblems,
      handle: async (call) => answerFromSource(call, services, 'analyzeSource'),
    }),
  ];
}
