import { z } from 'zod';
import { htmlReport } from '../../context/report-html.ts';
import { textReport } from '../../context/report-text.ts';
import { analyseProject } from '../../generate/analyse.ts';
import { loadAnalysisPage } from '../analysis-page.ts';
import { answer } from '../answer.ts';
import { analysisJson } from '../build-answers.ts';
import { negotiate } from '../negotiate.ts';
import { defineOperation, type Operation, type Services } from '../operation.ts';
import { analysisAnswer, analysisOptions, speedsOf } from '../schemas/analysis.ts';
import { buildRequest, sourceBody, sourceProblems, withSource } from '../source-call.ts';

/** What is in a build context: for programs, for a terminal, for a browser. */
export function analysisOperations(services: Services): Operation[] {
  const page = loadAnalysisPage(services.version);
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
      handle: async (call) => {
        const type = negotiate(call.request, ['application/json', 'text/plain', 'text/html']);
        return withSource(call, services, 'digest', async (received) => {
          const { digests, notices } = received.source;
          const request = { ...buildRequest(call, received), digests, speeds: speedsOf(call.query) };
          const analysis = analyseProject(request, services);
          received.source.dispose();
          if (type === 'text/html') call.reply.header('content-security-policy', page.policy);
          const writers = {
            'application/json': () => analysisJson(analysis, notices),
            'text/plain': () => textReport(analysis),
            'text/html': () => htmlReport(analysis, page),
          };
          return answer(call.reply, type, writers[type](), received.etag(type));
        });
      },
    }),
  ];
}
