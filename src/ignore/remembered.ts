/** Longer texts come once; short ones, as node_modules, with nearly every project. */
const LONGEST = 100;
const MOST = 2000;

/** A pure function of a text that keeps its last results: they must not be changed. What it throws is thrown each time. */
export function remembered<Result>(make: (text: string) => Result): (text: string) => Result {
  const results = new Map<string, Result>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined || text.length > LONGEST) return known ?? make(text);
    const result = make(text);
    if (results.size >= MOST) results.clear();
    results.set(text, result);
    return result;
  };
}
