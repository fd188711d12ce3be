const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
/** `of` is a share: 0.5 is the median. */
export const percentile = (values: readonly number[], of: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * of))] ?? 0;
export const median = (values: readonly number[]): number => percentile(values, 0.5);
