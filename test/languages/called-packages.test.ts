import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { calledPackages } from '../../src/languages/called-packages.ts';
import { dockerfileOf } from '../support/projects.ts';

const packagesOf = (language: Parameters<typeof calledPackages>[0], code: string): readonly string[] =>
  calledPackages(language, [{ path: 'a', code, literals: [] }])?.packages ?? [];

describe('programs that code starts', () => {
  test('by name, by path, and once each', () => {
    assert.deepEqual(
      packagesOf('go', 'exec.Command("/usr/bin/dot", "-T"); exec.CommandContext(r.Context(), "ffmpeg")'),
      ['ffmpeg', 'graphviz'],
    );
    assert.deepEqual(packagesOf('rust', 'Command::new("ffprobe"); Command::new( "ffmpeg" )'), ['ffmpeg']);
    assert.deepEqual(packagesOf('java', 'new ProcessBuilder(List.of("convert", "-")); rt.exec("pandoc -o a b")'), [
      'imagemagick',
      'pandoc',
    ]);
    assert.deepEqual(packagesOf('java', 'args.add("/usr/bin/dot"); new ProcessBuilder(args)'), ['graphviz']);
  });

  test('none of what is only looked for, is a command of its own, or is in every image', () => {
    assert.deepEqual(packagesOf('go', 'exec.LookPath("git"); exec.Command("sh", "-c", "convert")'), []);
    assert.deepEqual(packagesOf('rust', 'app.subcommand(Command::new("convert"))'), []);
  });

  test('their packages are in the image', () => {
    const main = 'package main\nimport "os/exec"\nfunc main() { exec.Command("convert", "a", "b").Run() }\n';
    const text = dockerfileOf({ 'go.mod': 'module a.org/a\ngo 1.26\n', 'main.go': main });
    assert.match(text, /^FROM debian:trixie-slim AS runtime$/m);
    assert.match(text, /install -y --no-install-recommends [\w -]*imagemagick/);
  });
});
