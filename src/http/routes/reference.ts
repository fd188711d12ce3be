import * as z from 'zod';
import { catalogueDates, cyclesOf, defaultCycle, lifeOf } from '../../images/catalogue.ts';
import { languages } from '../../languages/index.ts';
import { manifestSchema } from '../../manifest/schema.ts';
import { variantFacts } from '../../plan/variant-traits.ts';
import { answer, etagOf } from '../answer.ts';
import { negotiate } from '../negotiate.ts';
import { defineOperation, type Operation, type Services } from '../operation.ts';
import { imagesAnswer, languagesAnswer } from '../schemas/answers.ts';

const JSON_TYPE = 'application/json';
const none = z.strictObject({});

function describeLanguages(): z.infer<typeof languagesAnswer> {
  return {
    languages: languages.map(({ id, title, facts }) => {
      const newest = facts.product === undefined ? undefined : defaultCycle(facts.product)?.cycle;
      return {
        id,
        title,
        detectedBy: [...facts.detectedBy],
        versionOrder: [...facts.versionOrder],
        packageManagers: [...facts.packageManagers],
        frameworks: [...facts.frameworks],
        variants: [...facts.variants],
        ...(newest === undefined ? {} : { defaultVersion: newest }),
      };
    }),
  };
}

function describeImages(language: string | undefined): z.infer<typeof imagesAnswer> {
  const wanted = languages.filter(({ id }) => language === undefined || id === language);
  return {
    asOf: catalogueDates,
    languages: wanted.map(({ id, facts: { product, variants } }) => ({
      language: id,
      ...(product === undefined ? {} : { product }),
      variants: variants.map((variant, i) => {
        const { breaks, debug, ...facts } = variantFacts(variant);
        return { ...facts, breaks: [...breaks], debug: [...debug], preferred: i === 0 };
      }),
      lines: (product === undefined ? [] : cyclesOf(product)).map(({ cycle, released, eol, lts, latest }) => ({
        version: cycle,
        ...(released === undefined ? {} : { released }),
        ...(eol === undefined ? {} : { eol }),
        ...(lts === undefined ? {} : { lts }),
        ...(latest === undefined ? {} : { latest }),
        state: lifeOf(product ?? '', cycle).state,
        preferred: cycle === defaultCycle(product ?? '')?.cycle,
      })),
    })),
  };
}

/** What the service knows: languages, images, the manifest's schema. */
export function referenceOperations({ version }: Services): Operation[] {
  return [
    defineOperation({
      method: 'get',
      url: '/v1/languages',
      id: 'listLanguages',
      tag: 'reference',
      access: 'caller',
      summary: 'The languages that are known',
      description:
        'How each is detected, where its version is read and in which order, and what variants of images it has.',
      query: none,
      answers: { '200': { description: 'The languages.', content: { [JSON_TYPE]: { schema: languagesAnswer } } } },
      problems: ['not-acceptable'],
      handle: async ({ request, reply }) =>
        answer(reply, negotiate(request, [JSON_TYPE]), describeLanguages(), etagOf(version, 'languages')),
    }),
    defineOperation({
      method: 'get',
      url: '/v1/images',
      id: 'listImages',
      tag: 'reference',
      access: 'caller',
      summary: 'The release lines that images are chosen from',
      description:
        'From a dated catalogue: each line with its end of life, and which one is chosen where a project says nothing; and the kinds of base image side by side, with what each has and what breaks in it.',
      query: z.strictObject({ language: z.string().max(64).optional().meta({ example: 'python' }) }),
      answers: {
        '200': { description: 'The release lines by language.', content: { [JSON_TYPE]: { schema: imagesAnswer } } },
      },
      problems: ['not-acceptable'],
      handle: async ({ request, reply, query }) =>
        answer(
          reply,
          negotiate(request, [JSON_TYPE]),
          describeImages(query.language),
          etagOf(version, catalogueDates, query),
        ),
    }),
    defineOperation({
      method: 'get',
      url: '/v1/manifest.schema.json',
      id: 'getManifestSchema',
      tag: 'reference',
      access: 'caller',
      summary: 'The JSON Schema of the manifest',
      description: 'For editors, and for checking a dockwright.yaml before it is sent. JSON Schema 2020-12.',
      query: none,
      answers: {
        '200': {
          description: 'The schema.',
          content: { 'application/schema+json': { schema: z.record(z.string(), z.unknown()) } },
        },
      },
      problems: ['not-acceptable'],
      handle: async ({ request, reply }) => {
        const type = negotiate(request, ['application/schema+json', JSON_TYPE]);
        const schema = z.toJSONSchema(manifestSchema, { io: 'input' });
        return answer(
          reply,
          type,
          JSON.stringify({ ...schema, title: 'Dockwright manifest' }, null, 2),
          etagOf(version, 'schema'),
        );
      },
    }),
  ];
}
