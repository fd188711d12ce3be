import type { Target } from './project.ts';

/** meson.build, as far as it names programs. https://mesonbuild.com/Reference-manual_functions_executable.html */

const withoutComments = (text: string): string => text.replaceAll(/#[^\n]*/g, '');
const EXECUTABLE = /\bexecutable\s*\(\s*(?:'([^']*)'|(meson\.project_name\(\)|\w+))/g;

export function mesonTargets(texts: readonly { readonly path: string; readonly text: string }[]): {
  name: string | undefined;
  targets: Target[];
} {
  const variables = new Map<string, string>();
  let name: string | undefined;
  const targets: Target[] = [];
  for (const { path, text } of [...texts].sort((a, b) => a.path.split('/').length - b.path.split('/').length)) {
    if (!path.endsWith('meson.build')) continue;
    const code = withoutComments(text);
    name ??= /\bproject\s*\(\s*'([^']*)'/.exec(code)?.[1];
    for (const m of code.matchAll(/^[ \t]*(\w+)\s*=\s*'([^']*)'/gm)) variables.set(m[1] ?? '', m[2] ?? '');
    for (const m of code.matchAll(EXECUTABLE)) {
      const written = m[1] ?? (m[2] === 'meson.project_name()' ? name : variables.get(m[2] ?? ''));
      const line = code.slice(0, m.index).split('\n').length;
      if (written !== undefined) targets.push({ name: written, file: path, line });
    }
  }
  return { name, targets };
}
