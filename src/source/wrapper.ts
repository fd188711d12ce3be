/** Folders that a project can consist of by itself: an archive of one of them is not a wrapped project. */
const CONTENT_FOLDERS = new Set(
  '.github .git public dist build out src lib app apps cmd pkg internal static site _site www html docs web server client api backend frontend services packages examples test tests templates assets'.split(
    ' ',
  ),
);

/** The one folder that everything lies in, as forges' downloads have it; undefined where there is none. */
export function wrapperOf(paths: Iterable<string>, kindOf: (path: string) => string | undefined): string | undefined {
  let wrapper: string | undefined;
  for (const path of paths) {
    const slash = path.indexOf('/');
    if (slash < 0 && kindOf(path) !== 'directory') return undefined;
    const top = slash < 0 ? path : path.slice(0, slash);
    wrapper ??= top;
    if (top !== wrapper) return undefined;
  }
  return wrapper === undefined || CONTENT_FOLDERS.has(wrapper) ? undefined : wrapper;
}

/** Drops leading path parts; what has no more than those is dropped whole. `moved` gives a value its new path. */
export function stripped<Value>(
  tree: Map<string, Value>,
  parts: number,
  moved: (value: Value, path: string) => Value,
): Map<string, Value> {
  if (parts === 0) return tree;
  const rest = new Map<string, Value>();
  for (const [path, value] of tree) {
    const left = path.split('/').slice(parts).join('/');
    if (left !== '') rest.set(left, moved(value, left));
  }
  return rest;
}
