import { Problem, type Fault } from '../problems/problem.ts';
import { parseRelease, type Release } from './release.ts';

/**
 * Which tags an image gets, from what is known of the build. A version and a commit name one image for ever; a branch, a
 * line of versions and `latest` move on. The script that the kit brings for pipelines follows the same rules
 * (kit/tag-script.ts); a test holds the two against each other.
 */

export const environments = ['development', 'staging', 'production'] as const;
export type TagEnvironment = (typeof environments)[number];

export interface TagRequest {
  /** The repository: `registry.example.com/shop/orders`. */
  readonly image: string;
  /** The name under which the image was built here; the last part of `image` by default. */
  readonly source?: string | undefined;
  readonly version?: string | undefined;
  readonly branch?: string | undefined;
  readonly commit?: string | undefined;
  readonly environment: TagEnvironment;
  /** Tags that are wanted beside those of the plan; refused where they break its rules. */
  readonly extra?: readonly string[] | undefined;
}

interface PlannedTag {
  readonly tag: string;
  readonly reference: string;
  readonly kind: 'immutable' | 'floating';
  readonly why: string;
}

export interface TagPlan {
  readonly image: string;
  readonly environment: TagEnvironment;
  /** The most telling immutable tag: what a deployment names. */
  readonly primary: string;
  readonly tags: readonly PlannedTag[];
  /** Tags that somebody might expect, and why they are not given. */
  readonly left: readonly { readonly tag: string; readonly why: string }[];
  readonly commands: {
    readonly tag: readonly string[];
    readonly push: readonly string[];
  };
}

/** Branches that versions are released from. */
const RELEASE_BRANCH = /^(main|master|trunk|release\/.+|releases\/.+|hotfix\/.+|v?\d+(\.\d+|\.x)*)$/;
export const TAG_FORM = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const BRANCH_LENGTH = 60;
const COMMIT_LENGTH = 12;

/** A branch as part of a tag: lower case, runs of anything else as one `-`. Empty where nothing of it is left. */
export const branchSlug = (branch: string): string =>
  branch
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, BRANCH_LENGTH)
    .replaceAll(/^-+|-+$/g, '');

interface Wanted {
  readonly tag: string;
  readonly kind: PlannedTag['kind'];
  readonly why: string;
}

function versionTags({ major, minor, patch, prerelease }: Release): Wanted[] {
  const exact = `v${major}.${minor}.${patch}${prerelease === undefined ? '' : `-${prerelease}`}`;
  const one: Wanted = { tag: exact, kind: 'immutable', why: 'this release; it never names another image' };
  if (prerelease !== undefined) return [one];
  return [
    one,
    { tag: `v${major}.${minor}`, kind: 'floating', why: `the newest patch of ${major}.${minor}` },
    ...(major === '0'
      ? []
      : [{ tag: `v${major}`, kind: 'floating', why: `the newest release of ${major}` } satisfies Wanted]),
  ];
}

const commitTag = (commit: string): Wanted => ({
  tag: `sha-${commit.toLowerCase().slice(0, COMMIT_LENGTH)}`,
  kind: 'immutable',
  why: 'the commit it was built from',
});

function developmentTags(branch: string | undefined): Wanted[] {
  const slug = branch === undefined ? '' : branchSlug(branch);
  return [
    ...(slug === ''
      ? []
      : [{ tag: `dev-${slug}`, kind: 'floating', why: 'the newest build of the branch' } satisfies Wanted]),
    { tag: 'latest', kind: 'floating', why: 'the newest build for development; nothing that is deployed names it' },
  ];
}

/** What cannot be asked for, each with the place it was asked in. */
function faultsOf(request: TagRequest, release: Release | undefined): Fault[] {
  const { version, branch, commit, environment, extra = [] } = request;
  const faults: Fault[] = [];
  const fault = (pointer: string, detail: string): void => void faults.push({ pointer, detail });
  if (version !== undefined && !release)
    fault('/version', 'is not a semantic version such as "1.2.0" or "v1.2.0-rc.1"');
  if (release?.build !== undefined)
    fault('/version', 'has build metadata ("+…"), which a tag cannot hold: leave it out');
  if (environment === 'production') {
    if (version === undefined) fault('/version', 'is missing: production runs releases only');
    if (release?.prerelease !== undefined)
      fault('/version', `is a pre-release (${release.prerelease}): production runs releases only`);
    if (branch !== undefined && !RELEASE_BRANCH.test(branch))
      fault('/branch', 'is not a branch that production is released from (main, master, trunk, release/*, hotfix/*)');
  }
  if (environment !== 'production' && version === undefined && commit === undefined)
    fault('/commit', 'is missing: without it and a version no tag would name this image for ever');
  for (const [i, tag] of extra.entries()) {
    if (tag === 'latest' && environment !== 'development')
      fault(
        `/extra/${i}`,
        `is "latest", which says nothing of what runs: it is for development only, not ${environment}`,
      );
    else if (tag.startsWith('dev-') && environment !== 'development')
      fault(`/extra/${i}`, `is a tag of development ("${tag}"), asked for ${environment}`);
    else if (/^(v\d|sha-)/.test(tag))
      fault(`/extra/${i}`, `has the form of a tag of the plan ("${tag}"): give version or commit`);
  }
  return faults;
}

const word = (value: string): string => (/^[\w@%+:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`);

/** Plans the tags of one image. Throws `refused-tags` for a combination that would mislead. */
export function planTags(request: TagRequest): TagPlan {
  const {
    image,
    source = image.split('/').at(-1) ?? image,
    version,
    branch,
    commit,
    environment,
    extra = [],
  } = request;
  const release = version === undefined ? undefined : parseRelease(version);
  const errors = faultsOf(request, release);
  if (errors.length > 0) {
    throw new Problem('refused-tags', {
      detail: `No tags are planned: ${errors.map((e) => `${e.pointer.slice(1)} ${e.detail}`).join('; ')}.`,
      hint: 'GET /docs describes the rules; `errors` points at each fault.',
      errors,
    });
  }
  const wanted: Wanted[] = [
    ...(release ? versionTags(release) : []),
    ...(commit === undefined ? [] : [commitTag(commit)]),
    ...(environment === 'development' ? developmentTags(branch) : []),
    ...extra.map((tag): Wanted => ({ tag, kind: 'floating', why: 'asked for' })),
  ];
  const tags = [...new Map(wanted.map((w) => [w.tag, w])).values()].map((w): PlannedTag => ({
    tag: w.tag,
    reference: `${image}:${w.tag}`,
    kind: w.kind,
    why: w.why,
  }));
  const primary = tags.find((t) => t.kind === 'immutable') ?? tags[0];
  return {
    image,
    environment,
    primary: primary?.reference ?? image,
    tags,
    left: leftOut(request, release),
    commands: {
      tag: tags.map((t) => `docker tag ${word(source)} ${word(t.reference)}`),
      push: tags.map((t) => `docker push ${word(t.reference)}`),
    },
  };
}

function leftOut({ environment, branch }: TagRequest, release: Release | undefined): { tag: string; why: string }[] {
  const left: { tag: string; why: string }[] = [];
  if (environment !== 'development') {
    left.push({ tag: 'latest', why: `says nothing of what runs; it is for development only, not ${environment}` });
    if (branch !== undefined) left.push({ tag: `dev-${branchSlug(branch)}`, why: 'is for builds of development only' });
  }
  if (release?.prerelease !== undefined)
    left.push({
      tag: `v${release.major}.${release.minor}`,
      why: 'a pre-release does not move the tags of its line, which those who wait for releases follow',
    });
  else if (release?.major === '0') left.push({ tag: 'v0', why: 'versions below 1.0.0 promise nothing to each other' });
  return left;
}
