import { definePart } from './part.ts';
import type { Kit } from './model.ts';

/**
 * The tag plan as a script, for pipelines that cannot ask the service. The same rules as src/tags/plan.ts; a test holds
 * the two against each other.
 */

export const TAG_SCRIPT = 'deploy/docker-tags.sh';

const script = [
  '#!/bin/sh',
  '# Prints the tags of an image, one a line, the one that a deployment names first.',
  '#',
  '#   ENVIRONMENT=production VERSION=1.2.0 BRANCH=main COMMIT=3f78685… sh deploy/docker-tags.sh',
  '#',
  '# Versions and commits are immutable; v1.2, v1, dev-* and latest move on. What would mislead is refused (status 65).',
  'set -eu',
  '',
  'environment=${ENVIRONMENT:-development}',
  'version=${VERSION:-}',
  'branch=${BRANCH:-}',
  'commit=${COMMIT:-}',
  '',
  'refuse() {',
  '  printf \'docker-tags.sh: %s\\n\' "$1" >&2',
  '  exit 65',
  '}',
  '',
  'case $environment in',
  '  development | staging | production) ;;',
  '  *) refuse "ENVIRONMENT is none of development, staging, production" ;;',
  'esac',
  '',
  "release=''",
  "prerelease=''",
  'if [ -n "$version" ]; then',
  "  number='(0|[1-9][0-9]{0,8})'",
  '  printf \'%s\\n\' "$version" | LC_ALL=C grep -Eqx "v?$number\\\\.$number\\\\.$number(-[0-9A-Za-z][0-9A-Za-z.-]{0,63})?" ||',
  '    refuse "VERSION is not a semantic version such as 1.2.0, or has build metadata, which a tag cannot hold"',
  '  release=${version#v}',
  '  case $release in',
  '    *-*) prerelease=${release#*-} ;;',
  '  esac',
  'fi',
  '',
  'if [ -n "$commit" ]; then',
  '  printf \'%s\\n\' "$commit" | LC_ALL=C grep -Eqx \'[0-9a-fA-F]{7,64}\' || refuse "COMMIT is not the hash of a commit"',
  'fi',
  '',
  'if [ "$environment" = production ]; then',
  '  [ -n "$release" ] || refuse "VERSION is missing: production runs releases only"',
  '  [ -z "$prerelease" ] || refuse "VERSION is a pre-release: production runs releases only"',
  '  if [ -n "$branch" ]; then',
  "    printf '%s\\n' \"$branch\" | LC_ALL=C grep -Eqx 'main|master|trunk|releases?/.+|hotfix/.+|v?[0-9]+(\\.[0-9]+|\\.x)*' ||",
  '      refuse "BRANCH is not one that production is released from"',
  '  fi',
  'elif [ -z "$release$commit" ]; then',
  '  refuse "COMMIT is missing: without it and a version no tag would name this image for ever"',
  'fi',
  '',
  'if [ -n "$release" ]; then',
  '  echo "v$release"',
  '  if [ -z "$prerelease" ]; then',
  '    major=${release%%.*}',
  '    echo "v${release%.*}"',
  '    [ "$major" = 0 ] || echo "v$major"',
  '  fi',
  'fi',
  '',
  'if [ -n "$commit" ]; then',
  '  printf \'sha-%.12s\\n\' "$commit" | LC_ALL=C tr A-F a-f',
  'fi',
  '',
  'if [ "$environment" = development ]; then',
  "  slug=$(printf '%s' \"$branch\" | LC_ALL=C tr '[:upper:]' '[:lower:]' | LC_ALL=C tr -cs a-z0-9 - | LC_ALL=C cut -c1-60 | LC_ALL=C sed 's/^-*//; s/-*$//')",
  '  [ -z "$slug" ] || echo "dev-$slug"',
  '  echo latest',
  'fi',
  '',
].join('\n');

export const tagScriptText = (): string => script;

export const tagsPart = definePart({
  id: 'tags',
  title: 'The tag plan, as a script for pipelines',
  files: (_kit: Kit) => [
    {
      path: TAG_SCRIPT,
      text: script,
      executable: true,
      why: 'the tags of an image, from version, branch, commit and environment',
    },
  ],
});
