/**
 * A table that is looked up by words of others: without the prototype of objects, in which `constructor` and `toString` are
 * found.
 */
export const tableOf = <Value>(entries: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
  Object.assign(Object.create(null) as Record<string, Value>, entries);
