import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dockerfileSteps } from '../../src/generate/dockerfile-steps.ts';

const reads = (...lines: string[]) =>
  dockerfileSteps(['FROM scratch', ...lines].join('\n')).steps.flatMap((s) =>
    s.reads.map(({ path, glob }) => (glob ? `glob:${path}` : path)),
  );

describe('what a Dockerfile reads from its context', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['words, over several lines', ['COPY a \\', '# between', '  b/ \\', '', '  /to/'], ['a', 'b/']],
    ['a JSON list', ['COPY ["a b", "c", "/to/"]'], ['a b', 'c']],
    ['patterns', ['COPY *.json src/**/x? /to/'], ['glob:*.json', 'glob:src/**/x?']],
    ['an escaped star is a star', ['COPY a\\\\*b /to'], ['a*b']],
    ['quotes and escaped dollars', ['COPY "x" \\$y /to/'], ['x', '$y']],
    ['variables with a value', ['ARG DIR=src', 'COPY ${DIR}/a $DIR /to/'], ['src/a', 'src']],
    ['a default in its place', ['COPY ${NONE:-web} /to'], ['web']],
    ['nothing for a variable of the build', ['ARG DIR', 'COPY $DIR b /to/'], ['b']],
    ['flags', ['COPY --chown=1:1 --link a /to'], ['a']],
    ['--parents with its mark', ['COPY --parents ./x/./y/z /to/'], ['./x/y/z']],
    ['nothing from another stage', ['COPY --from=0 a /to'], []],
    ['ADD of a path, not of an address', ['ADD a https://x.example/b git@x.example:y.git /to/'], ['a']],
    ['nothing of a here-document', ['COPY <<EOF /to', 'COPY not /an/instruction', 'EOF'], []],
    ['bind mounts', ['RUN --mount=type=bind,source=r.txt,target=/r --mount=type=cache,target=/c x'], ['r.txt']],
    ['the whole context, where a mount names no source', ['RUN --mount=target=/r x'], ['.']],
    ['nothing of a mount from a stage', ['RUN --mount=type=bind,from=0,source=a,target=/r x'], []],
  ];
  for (const [what, lines, expected] of cases) test(what, () => assert.deepEqual(reads(...lines), expected));

  test('which stages a step takes from', () => {
    const { steps, images } = dockerfileSteps(
      [
        'FROM a:1 AS Base',
        'FROM base AS two',
        'RUN --mount=from=0,target=/x y',
        'FROM b:2',
        'COPY --from=two /x /y',
        'COPY --from=c:3 /x /y',
      ].join('\n'),
    );
    assert.deepEqual(
      steps.map((s) => [s.stage, s.keyword, ...s.from]),
      [
        [0, 'FROM'],
        [1, 'FROM', 0],
        [1, 'RUN', 0],
        [2, 'FROM'],
        [2, 'COPY', 1],
        [2, 'COPY'],
      ],
    );
    assert.deepEqual(images, ['a:1', 'b:2']);
  });

  test('another escape character', () =>
    assert.deepEqual(
      dockerfileSteps('# escape=`\nFROM x\nCOPY a `\n  b /to/\n').steps.flatMap((s) => s.reads.map((r) => r.path)),
      ['a', 'b'],
    ));
});
