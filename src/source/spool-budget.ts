import { Problem } from '../problems/problem.ts';

/** The bytes that all spools of the process may take at once. */
export interface SpoolBudget {
  /** Takes bytes from the budget. Throws `overloaded` where there are not as many. */
  take(bytes: number): void;
  give(bytes: number): void;
  readonly used: number;
}

/** What the threads of the process have taken: a number each, so that what a thread had is given back with it. */
export type BudgetLedger = BigInt64Array<SharedArrayBuffer>;

export const createLedger = (threads: number): BudgetLedger =>
  new BigInt64Array(new SharedArrayBuffer(threads * BigInt64Array.BYTES_PER_ELEMENT));

/** The budget as one thread has it; `thread` is its place in the ledger. */
export function createSpoolBudget(total: number, ledger = createLedger(1), thread = 0): SpoolBudget {
  const used = (): number => Number(ledger.reduce((sum, _, i) => sum + Atomics.load(ledger, i), 0n));
  return {
    take(bytes) {
      Atomics.add(ledger, thread, BigInt(bytes));
      if (used() <= total) return;
      Atomics.sub(ledger, thread, BigInt(bytes));
      throw new Problem('overloaded', {
        detail: 'The room for uploads is used up.',
        hint: 'Try again in a few seconds; SPOOL_BYTES sets the room.',
      });
    },
    give(bytes) {
      Atomics.sub(ledger, thread, BigInt(bytes));
    },
    get used() {
      return used();
    },
  };
}
