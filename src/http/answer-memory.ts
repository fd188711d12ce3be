/** An answer as it was sent, and what it counts as. */
interface RememberedAnswer {
  readonly body: string;
  readonly language: string;
}

export interface AnswerMemory {
  /** The answer under this key; made and kept where there is none. What `make` throws is not kept. */
  answer(key: string, make: () => RememberedAnswer): RememberedAnswer;
}

/** What an entry takes beside its text: the key, the objects, its place in the map. */
const ENTRY_BYTES = 512;

/**
 * Answers that depend on their key alone, up to so many bytes; those that were asked for least lately go first. A
 * pipeline sends the same manifest over and over, and a plan takes longer than all the rest of its request.
 */
export function createAnswerMemory(limitBytes: number): AnswerMemory {
  /** In the order of their last use, which is that in which a map keeps what is put into it. */
  const kept = new Map<string, RememberedAnswer>();
  let bytes = 0;
  // A character is two bytes at the most.
  const size = ({ body }: RememberedAnswer): number => ENTRY_BYTES + 2 * body.length;

  function forget(key: string, answer: RememberedAnswer): void {
    kept.delete(key);
    bytes -= size(answer);
  }

  function keep(key: string, answer: RememberedAnswer): void {
    if (size(answer) > limitBytes) return;
    kept.set(key, answer);
    bytes += size(answer);
    for (const [oldKey, old] of kept) {
      if (bytes <= limitBytes) break;
      forget(oldKey, old);
    }
  }

  return {
    answer(key, make) {
      const found = kept.get(key);
      if (found) forget(key, found);
      const answer = found ?? make();
      keep(key, answer);
      return answer;
    },
  };
}
