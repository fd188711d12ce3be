/**
 * Every kind of problem that the service answers with. A problem type is data: the slug is its stable
 * identity (`/problems/<slug>`), the meaning is what its page says, and call sites add only what is particular.
 * Status codes follow docs/design.md: 400 syntax or schema, 413 a limit, 415 bytes that are not understood,
 * 422 understood but not plannable.
 */
interface ProblemType {
  readonly status: number;
  readonly title: string;
  readonly meaning: string;
}

export const problemTypes = {
  'invalid-request': {
    status: 400,
    title: 'The request is not valid',
    meaning: 'A query parameter, a header or a part of the request is malformed. `errors` points at each fault.',
  },
  'invalid-manifest': {
    status: 400,
    title: 'The manifest is not valid',
    meaning:
      'The manifest, in the request or as the project file, is not JSON or YAML, or does not fit the schema at /v1/manifest.schema.json.',
  },
  'invalid-archive': {
    status: 400,
    title: 'The archive is damaged',
    meaning: 'The archive is truncated, fails its checksum, or breaks the rules of its format.',
  },
  'access-required': {
    status: 401,
    title: 'A token is needed',
    meaning:
      'The service lets in known callers only: send "Authorization: Bearer …" with a token that is known here, or a JSON Web Token of the issuer.',
  },
  'unsafe-archive': {
    status: 422,
    title: 'The archive holds an entry that is refused',
    meaning:
      'An entry would be dangerous or ambiguous in a build context: a path that climbs out, a device, a name with control characters.',
  },
  'empty-archive': {
    status: 422,
    title: 'The archive holds no files',
    meaning: 'There is nothing to build: the archive has no entry, or only directories.',
  },
  'not-found': { status: 404, title: 'There is nothing here', meaning: 'No operation has this path.' },
  'method-not-allowed': {
    status: 405,
    title: 'This path has no such method',
    meaning: 'The path exists, but not for this method; the Allow header lists those it has.',
  },
  'not-acceptable': {
    status: 406,
    title: 'None of the accepted media types can be given',
    meaning: 'The Accept header names no media type that this operation answers with.',
  },
  'request-timeout': {
    status: 408,
    title: 'The upload stalled',
    meaning: 'No byte arrived for longer than the service waits.',
  },
  'limit-exceeded': {
    status: 413,
    title: 'A limit is exceeded',
    meaning:
      'The input is larger than the service takes. The detail names the limit, its value and the setting behind it.',
  },
  'unsupported-archive': {
    status: 415,
    title: 'The body is not an archive that is understood',
    meaning: 'The first bytes are not those of a tar, gzip, zstd or zip archive.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The media type is not understood',
    meaning: 'This operation takes other media types; the detail lists them.',
  },
  'no-language': {
    status: 422,
    title: 'No language was found',
    meaning: 'Nothing in the project tells which language it is written in.',
  },
  'ambiguous-language': {
    status: 422,
    title: 'Several languages fit equally well',
    meaning: 'The evidence for two or more languages weighs the same, and guessing is not the service’s to do.',
  },
  'ambiguous-app': {
    status: 422,
    title: 'The repository holds several apps',
    meaning: 'More than one app was found and none was chosen.',
  },
  'unknown-app': {
    status: 422,
    title: 'There is no such app',
    meaning: 'The chosen app is not a folder of the project.',
  },
  'broken-file': {
    status: 422,
    title: 'A file of the project cannot be read',
    meaning:
      'A file that decides the build (package.json, pyproject.toml and their like) is not valid in its own format.',
  },
  'no-start-command': {
    status: 422,
    title: 'Nothing tells how the project starts',
    meaning: 'The language was found, but neither the project nor the manifest says which program to run.',
  },
  'not-plannable': {
    status: 422,
    title: 'No build can be planned from this',
    meaning: 'The manifest asks for a combination that cannot be built.',
  },
  'invalid-dockerignore': {
    status: 422,
    title: 'The .dockerignore is not valid',
    meaning: 'Docker would refuse the build because of a pattern in the ignore file.',
  },
  'refused-tags': {
    status: 422,
    title: 'These tags would mislead',
    meaning:
      'The combination of version, branch, commit and environment has no tags: production without a release, "latest" outside development. `errors` points at each fault.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    meaning: 'The caller is over its rate. Retry-After says when to try again.',
  },
  'internal-error': {
    status: 500,
    title: 'The service failed',
    meaning: 'A fault of the service. The instance names the request in its log.',
  },
  overloaded: {
    status: 503,
    title: 'The service has no room for this request',
    meaning: 'Memory or disk for uploads is used up, or the service is going down. Retry-After says when to try again.',
  },
  'access-unavailable': {
    status: 503,
    title: 'The token cannot be checked now',
    meaning: 'The keys of the issuer cannot be fetched. Retry-After says when to try again.',
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemSlug = keyof typeof problemTypes;
