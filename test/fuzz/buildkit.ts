import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What BuildKit takes a Dockerfile for: its own parser, compiled from `dockerfile-parser/` where Go is at hand. */

export interface ParsedInstruction {
  readonly kind: string;
  readonly line: number;
  readonly words?: readonly string[];
  readonly pairs?: Readonly<Record<string, string>>;
  readonly text?: string;
  /** To be run by a shell. */
  readonly shell?: boolean;
}

interface Parsed {
  readonly error?: string;
  readonly warnings?: readonly string[];
  readonly instructions: readonly ParsedInstruction[] | null;
}

export interface BuildKit {
  parse(dockerfile: string): Promise<Parsed>;
  close(): void;
}

const source = fileURLToPath(new URL('dockerfile-parser/', import.meta.url));

/** Undefined where there is no Go. */
export async function startBuildKit(): Promise<BuildKit | undefined> {
  try {
    await promisify(execFile)('go', ['version']);
  } catch {
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'dockwright-buildkit-'));
  const program = join(folder, 'parse');
  await promisify(execFile)('go', ['build', '-mod=readonly', '-o', program, '.'], { cwd: source });
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async parse(dockerfile) {
      child.stdin.write(`${JSON.stringify(dockerfile)}\n`);
      const { value } = await answers.next();
      return JSON.parse(value ?? '{"error": "the parser ended", "instructions": []}') as Parsed;
    },
    close() {
      child.stdin.end();
      rmSync(folder, { recursive: true });
    },
  };
}
