import type { Config } from '../../config.ts';
import type { Tools } from '../../generate/build.ts';
import { isKeptText } from '../../generate/kept-text.ts';
import type { BudgetLedger, SpoolBudget } from '../../source/spool-budget.ts';
import type { Metrics } from '../metrics.ts';
import { sourceLimits } from '../source-settings.ts';
import type { JobPlace } from './intake.ts';
import { Threads } from './threads.ts';

interface Shared {
  readonly spool: SpoolBudget;
  readonly ledger: BudgetLedger;
  readonly metrics: Metrics;
}

const MiB = 1024 * 1024;

/** A thread's share of the memory for objects; an archive with as many entries as may be takes a tenth of the most. */
const heapOf = ({ MEMORY_BYTES, SOURCE_THREADS }: Config): number =>
  Math.max(128, Math.min(2048, Math.floor(MEMORY_BYTES / MiB / (SOURCE_THREADS + 1))));

/** Where the work on archives is done, by the settings: here, and in threads. */
export function createJobPlace(config: Config, tools: Tools, { spool, ledger, metrics }: Shared): JobPlace {
  const limits = sourceLimits(config);
  const { SPOOL_DIR: directory, SPOOL_MEMORY_BYTES: memoryBytes, SPOOL_BYTES: total } = config;
  return {
    threads: new Threads(
      { count: config.SOURCE_THREADS, heapMiB: heapOf(config) },
      { limits, directory, memoryBytes, version: tools.version },
      { total, ledger },
    ),
    tools: { ...tools, reading: { limits, keepText: isKeptText, spool: { directory, memoryBytes, budget: spool } } },
    read: (format, entries) => metrics.archiveRead(format, entries),
  };
}
