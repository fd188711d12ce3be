import { DockerfileParser, From, type Dockerfile, type Instruction } from 'dockerfile-ast';
import type { BuildStep } from '../context/build-step.ts';
import type { NeededPath } from '../ignore/needed.ts';
import { expandWord, logicalLine, neededPath, splitInstruction, type Flag } from '../dockerfile/words.ts';

/** A Dockerfile as steps: what each reads from the context and from other stages. For any Dockerfile, ours or not. */

export interface DockerfileSteps {
  readonly steps: readonly BuildStep[];
  /** Every image it builds on. */
  readonly images: readonly string[];
}

type Detail = Pick<BuildStep, 'reads' | 'exclude' | 'from'>;
const NOTHING: Detail = { reads: [], exclude: [], from: [] };
/** Instructions that read files, beside FROM. */
const READING = new Set(['ADD', 'COPY', 'RUN']);

const valueOf = (flags: readonly Flag[], name: string): string | undefined => flags.find((f) => f.name === name)?.value;

/** `type=bind,source=a,target=b`, which is CSV: a field may stand in double quotes. */
function mountFields(value: string): Map<string, string> {
  const fields = value.match(/(?:"[^"]*"|[^,])+/g) ?? [];
  return new Map(
    fields.map((field): [string, string] => {
      const [key = '', ...rest] = field.replaceAll('"', '').split('=');
      return [key.trim(), rest.join('=')];
    }),
  );
}

class StepReader {
  readonly #file: Dockerfile;
  readonly #lines: readonly string[];
  readonly #stages: string[] = [];
  readonly images = new Set<string>();

  constructor(text: string) {
    this.#file = DockerfileParser.parse(text);
    this.#lines = text.split('\n');
  }

  get steps(): BuildStep[] {
    return this.#file.getInstructions().flatMap((instruction) => this.#read(instruction));
  }

  #stageOf(name: string): number[] {
    const index = this.#stages.lastIndexOf(name.toLowerCase());
    if (index >= 0) return [index];
    return /^\d+$/.test(name) && Number(name) < this.#stages.length ? [Number(name)] : [];
  }

  #expand(word: string, line: number): string | undefined {
    const resolve = (variable: string): string | undefined => this.#file.resolveVariable(variable, line) ?? undefined;
    return expandWord(word, resolve, this.#file.getEscapeCharacter());
  }

  #copied(flags: readonly Flag[], words: readonly string[], line: number): Detail {
    const from = valueOf(flags, 'from');
    const exclude = flags.filter((f) => f.name === 'exclude').map((f) => f.value);
    if (from !== undefined) return { reads: [], exclude, from: this.#stageOf(from) };
    const parents = flags.some((f) => f.name === 'parents');
    const sources = words.some((word) => word.startsWith('<<')) ? [] : words.slice(0, -1);
    const reads = sources.flatMap((word): NeededPath[] => {
      const expanded = this.#expand(word, line);
      // With --parents, `/./` marks where the kept part of the path begins.
      const path = expanded === undefined ? undefined : neededPath(parents ? expanded.replace('/./', '/') : expanded);
      return path ? [path] : [];
    });
    return { reads, exclude, from: [] };
  }

  #mounted(flags: readonly Flag[], line: number): Detail {
    const reads: NeededPath[] = [];
    const from: number[] = [];
    for (const mount of flags.filter((f) => f.name === 'mount').map((f) => mountFields(f.value))) {
      const stage = mount.get('from');
      const source = this.#expand(mount.get('source') ?? mount.get('src') ?? '.', line);
      if (stage !== undefined) from.push(...this.#stageOf(stage));
      else if ((mount.get('type') ?? 'bind') === 'bind' && source !== undefined)
        reads.push({ path: source, glob: false });
    }
    return { reads, exclude: [], from };
  }

  #opened(instruction: From): Detail {
    const image = instruction.getImage() ?? '';
    const from = this.#stageOf(image);
    if (from.length === 0 && image !== '' && image !== 'scratch') this.images.add(image);
    this.#stages.push((instruction.getBuildStage() ?? String(this.#stages.length)).toLowerCase());
    return { ...NOTHING, from };
  }

  #detail(instruction: Instruction, line: number): Detail {
    if (instruction instanceof From) return this.#opened(instruction);
    const keyword = instruction.getKeyword();
    if (!READING.has(keyword)) return NOTHING;
    const { flags, words } = splitInstruction(logicalLine(this.#lines, line, this.#file.getEscapeCharacter()));
    return keyword === 'RUN' ? this.#mounted(flags, line) : this.#copied(flags, words, line);
  }

  #read(instruction: Instruction): BuildStep[] {
    const { line } = instruction.getRange().start;
    const detail = this.#detail(instruction, line);
    const stage = this.#stages.length - 1;
    if (stage < 0) return [];
    return [
      {
        stage,
        stageName: this.#stages[stage] ?? '',
        line: line + 1,
        keyword: instruction.getKeyword(),
        text: (this.#lines[line] ?? '').trim(),
        ...detail,
      },
    ];
  }
}

/** Reads a Dockerfile. What it cannot make sense of has no steps. */
export function dockerfileSteps(text: string): DockerfileSteps {
  const reader = new StepReader(text);
  const { steps } = reader;
  return { steps, images: [...reader.images] };
}
