import * as z from 'zod';
import { planTags } from '../../tags/plan.ts';
import { registryRules } from '../../tags/registry-rules.ts';
import { answer, etagOf } from '../answer.ts';
import { negotiate } from '../negotiate.ts';
import { defineOperation, type Operation, type Services } from '../operation.ts';
import { readJson } from '../read-json.ts';
import { TAGS_EXAMPLE, tagsAnswer, tagsRequest } from '../schemas/tags.ts';

/** Tags for an image, from what is known of its build. */
export function tagOperations(services: Services): Operation[] {
  return [
    defineOperation({
      method: 'post',
      url: '/v1/tags',
      id: 'planTags',
      tag: 'reference',
      access: 'caller',
      summary: 'The tags that an image gets',
      description:
        'From version, branch, commit and environment: which tags name this image for ever and which move on, the commands that set and push them, and rules for the registry to keep. A combination that would mislead is refused. As text, only the commands.',
      query: z.strictObject({}),
      requestBody: {
        required: true,
        description: 'What is known of the build.',
        content: { 'application/json': { schema: tagsRequest, example: TAGS_EXAMPLE } },
      },
      answers: {
        '200': {
          description: 'The tags.',
          content: { 'application/json': { schema: tagsAnswer }, 'text/plain': { schema: z.string() } },
        },
      },
      problems: ['refused-tags', 'not-acceptable', 'limit-exceeded'],
      handle: async ({ request, reply }) => {
        const type = negotiate(request, ['application/json', 'text/plain']);
        const asked = await readJson(request, services, tagsRequest);
        const plan = planTags(asked);
        const etag = etagOf(services.version, asked, type);
        const { tag, push } = plan.commands;
        if (type === 'text/plain') return answer(reply, type, `${[...tag, ...push].join('\n')}\n`, etag);
        return answer(reply, type, { ...plan, registries: registryRules(plan.image) }, etag);
      },
    }),
  ];
}
