import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DockerfileParser } from 'dockerfile-ast';
import fc from 'fast-check';
import { all, sh, shellOf, shellWord } from '../../src/plan/shell.ts';
import {
  assignments,
  bareWord,
  copyPaths,
  execForm,
  hereDocument,
  mount,
  quoted,
  runCommand,
  volumePaths,
} from '../../src/render/quoting.ts';

/** What the manifest's schema lets through: any text without control characters and line separators. */
const schemaText = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((s) => !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(s));
const nasty = fc.oneof(
  schemaText,
  fc.constantFrom(
    '"',
    '\\',
    '$HOME',
    '${x:-y}',
    'a\\',
    "'",
    '`id`',
    '# x',
    '<<EOF',
    'x"; RUN y',
    '\\"',
    'ä b',
    '--from=x',
    '[a',
    '%',
  ),
);

/** Undoes the builder's reading of a double-quoted value: `\` escapes one of `\`, `"`, `$`. */
const readBack = (written: string): string => written.slice(1, -1).replaceAll(/\\([\\"$])/g, '$1');

describe('values in ENV, LABEL and ARG', () => {
  test('are read back as they were', () => {
    fc.assert(fc.property(nasty, (value) => assert.equal(readBack(quoted(value)), value)));
  });

  test('leave no quote or dollar that the builder would act on', () => {
    fc.assert(
      fc.property(nasty, (value) => {
        const inside = quoted(value)
          .slice(1, -1)
          .replaceAll(/\\[\\"$]/g, '');
        assert.doesNotMatch(inside, /[\\"$]/);
      }),
    );
  });

  test('never make a second instruction', () => {
    fc.assert(
      fc.property(nasty, nasty, (a, b) => {
        const text = `FROM scratch\nENV ${assignments({ A: a, B: b })}\nCMD ${execForm([a, b])}\n`;
        assert.deepEqual(
          DockerfileParser.parse(text)
            .getInstructions()
            .map((i) => i.getKeyword()),
          ['FROM', 'ENV', 'CMD'],
        );
      }),
    );
  });

  test('a line break is refused wherever it comes from', () => {
    assert.throws(() => quoted('a\nRUN b'), TypeError);
    assert.throws(() => runCommand({ lines: ['echo a\nRUN b'] }), TypeError);
    assert.throws(() => bareWord('a b'), TypeError);
  });
});

describe('exec form', () => {
  test('is JSON that gives the argv back', () => {
    fc.assert(fc.property(fc.array(nasty), (argv) => assert.deepEqual(JSON.parse(execForm(argv)), argv)));
  });
});

describe('paths of COPY', () => {
  test('are plain where they can be', () => {
    assert.equal(copyPaths(['package.json', 'src/'], './'), 'package.json src/ ./');
  });

  test('become a list where a path has a blank', () => {
    assert.equal(copyPaths(['my file.txt'], '/app/'), '["my file.txt", "/app/"]');
  });

  test('escape what the builder would expand or match', () => {
    assert.equal(copyPaths(['a[1]$x'], './'), String.raw`["a\\\\[1\\\\]\\$x", "./"]`);
  });

  test('are taken as patterns when they are meant as such', () => {
    assert.equal(copyPaths(['**/package.json'], './', true), '**/package.json ./');
  });
});

describe('commands of RUN', () => {
  test('quote every value as one word', () => {
    assert.deepEqual(sh`npm run ${"it's; rm -rf /"}`.lines, [`npm run 'it'\\''s; rm -rf /'`]);
    assert.deepEqual(sh`apt-get install ${['a', 'b c']}`.lines, ["apt-get install a 'b c'"]);
  });

  test('join with && and break the line', () => {
    assert.equal(runCommand(all(sh`a`, sh`b`)), 'a \\\n && b');
  });

  test('an argv keeps every word whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(nasty, { minLength: 1 }), (argv) => {
        const [line = ''] = shellOf(argv).lines;
        assert.equal(line, argv.map(shellWord).join(' '));
        for (const word of argv) assert.ok(/^[\w@%+=:,./-]+$/.test(shellWord(word)) || shellWord(word).startsWith("'"));
      }),
    );
  });

  test('a trailing backslash is refused: it would join the next instruction', () => {
    assert.throws(() => runCommand({ lines: ['echo \\'] }), TypeError);
  });
});

describe('here-documents', () => {
  test('choose a mark that is no line of the text', () => {
    assert.equal(hereDocument('EOF\nx\n', '/f'), '<<"EOF_" /f\nEOF\nx\nEOF_');
  });
});

describe('mounts', () => {
  test('are written field by field', () => {
    assert.equal(
      mount({ type: 'cache', target: '/root/.npm', sharing: 'locked' }),
      'type=cache,target=/root/.npm,sharing=locked',
    );
    assert.equal(mount({ type: 'bind', source: 'a,b', target: '/x' }), 'type=bind,"source=a,b",target=/x');
    assert.equal(mount({ type: 'secret', id: 'token', env: 'TOKEN' }), 'type=secret,id=token,env=TOKEN');
  });
});

describe('paths, as BuildKit itself reads them (npm run fuzz)', () => {
  test('a source that looks like a here-document, or begins with a byte order mark, stays a path', () => {
    assert.equal(copyPaths(['<<"EOF"'], '/a'), String.raw`["./<<\\\"EOF\\\"", "/a"]`);
    assert.equal(copyPaths(['3<<-x'], '/a'), '["./3<<-x", "/a"]');
    assert.equal(copyPaths(['\uFEFFa'], '/a'), '["./\uFEFFa", "/a"]');
  });

  test('quotes are expanded in a JSON list as well', () => {
    assert.equal(copyPaths(["it's"], '/a"b'), String.raw`["it\\'s", "/a\\\"b"]`);
    assert.equal(volumePaths(['/a b', String.raw`/c\d`, '/$e']), String.raw`["/a b", "/c\\\\d", "/\\$e"]`);
  });

  test('that of a here-document is never a JSON list, which could not follow the mark', () => {
    assert.equal(hereDocument('x\n', '/app/<#'), '<<"EOF" /app/<#\nx\nEOF');
    assert.throws(() => hereDocument('x\n', '/a b'), TypeError);
  });
});
