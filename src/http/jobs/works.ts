import { blockStream, gzipped, packContext } from '../../context/pack.ts';
import { htmlReport, type PageParts } from '../../context/report-html.ts';
import { textReport } from '../../context/report-text.ts';
import { analyseProject } from '../../generate/analyse.ts';
import { makeBuild, type Build, type BuildRequest } from '../../generate/build.ts';
import { understandProject } from '../../generate/project.ts';
import { makeKit } from '../../kit/index.ts';
import { loadAnalysisPage } from '../analysis-page.ts';
import { analysisJson, dockerfileJson, ignoreJson, manifestJson } from '../build-answers.ts';
import { kitBody, kitTypes } from '../kit-answer.ts';
import { speedsOf, type AnalysisOptions } from '../schemas/analysis.ts';
import { kitRequest, type SourceKitOptions } from '../schemas/kit.ts';
import type { SourceOptions } from '../schemas/options.ts';
import type { Asked, Work } from './job.ts';

/** What the operations on an archive make of it, by the names of the operations. */

const defineWork = <Query, Type extends string>(work: Work<Query, Type>): Work<Query, Type> => work;

const buildRequest = ({ source, manifest, query }: Asked<SourceOptions>): BuildRequest => ({
  tree: source.inventory,
  manifest,
  dockerfile: query.dockerfile,
  ...(query.environment === undefined ? {} : { environment: query.environment }),
});

const languageOf = ({ project }: Build): string => project?.language.id ?? 'none';

/** A part of a build: as its text, or as JSON with the reasons. */
const builtWork = (textOf: (build: Build) => string, jsonOf: (build: Build) => unknown) =>
  defineWork<SourceOptions, 'text/plain' | 'application/json'>({
    types: ['text/plain', 'application/json'],
    contents: 'skip',
    write: (asked, type, tools) => {
      const build = makeBuild(buildRequest(asked), tools);
      return {
        body: type === 'text/plain' ? textOf(build) : JSON.stringify(jsonOf(build)),
        language: languageOf(build),
      };
    },
  });

let analysisPage: PageParts | undefined;

export const works = {
  detectManifest: defineWork<SourceOptions, 'application/json'>({
    types: ['application/json'],
    contents: 'skip',
    write: ({ source, manifest, query }) => ({
      body: JSON.stringify(
        manifestJson(understandProject(source.inventory, manifest, query.environment), source.notices),
      ),
    }),
  }),
  renderSourceDockerfile: builtWork(({ dockerfile }) => dockerfile.text, dockerfileJson),
  renderSourceDockerignore: builtWork(({ ignore }) => ignore.text, ignoreJson),
  packContext: defineWork<SourceOptions, 'application/x-tar' | 'application/gzip'>({
    types: ['application/x-tar', 'application/gzip'],
    contents: 'spool',
    write: (asked, type, tools) => {
      const build = makeBuild(buildRequest(asked), tools);
      const context = packContext({
        entries: build.filtered.kept,
        content: asked.source.content,
        checksum: asked.source.checksum,
        ignoreFile: { path: build.ignore.path, text: build.ignore.text },
        dockerfile: { path: 'Dockerfile', text: build.dockerfile.text },
      });
      const language = languageOf(build);
      return type === 'application/gzip'
        ? { body: gzipped(blockStream(context.blocks())), language }
        : { body: context.blocks(), length: context.length, language };
    },
  }),
  analyzeSource: defineWork<AnalysisOptions, 'application/json' | 'text/plain' | 'text/html'>({
    types: ['application/json', 'text/plain', 'text/html'],
    contents: 'digest',
    write: (asked, type, tools) => {
      const { digests, notices } = asked.source;
      const analysis = analyseProject({ ...buildRequest(asked), digests, speeds: speedsOf(asked.query) }, tools);
      if (type === 'application/json') return { body: JSON.stringify(analysisJson(analysis, notices)) };
      if (type === 'text/plain') return { body: textReport(analysis) };
      analysisPage ??= loadAnalysisPage(tools.version);
      return { body: htmlReport(analysis, analysisPage), headers: { 'content-security-policy': analysisPage.policy } };
    },
  }),
  makeSourceKit: defineWork<SourceKitOptions, (typeof kitTypes)[number]>({
    types: kitTypes,
    contents: 'skip',
    write: ({ source, manifest, query }, type, tools) => ({
      body: kitBody(makeKit({ tree: source.inventory, manifest, ...kitRequest(query) }, tools), type),
    }),
  }),
} as const;

export type WorkId = keyof typeof works;

/** The query of a work, as its operation parses it. */
export type QueryOf<Id extends WorkId> = (typeof works)[Id] extends Work<infer Query, infer _Type> ? Query : never;
