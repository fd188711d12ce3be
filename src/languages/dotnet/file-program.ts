import type { Inventory } from '../../inventory/inventory.ts';
import type { DotnetProject, Stated } from './project-file.ts';

/** A program of one file, without a project file: .NET 10 builds it by what stands in its first lines. https://learn.microsoft.com/en-us/dotnet/core/sdk/file-based-apps */

const DIRECTIVE = /^#:(sdk|package|property)\s+(\S+)/gm;
const AT_ROOT = /^[^/]+\.cs$/;

export const isFileProgram = (path: string): boolean => AT_ROOT.test(path);

/** Directives and `#!` stand in no source of a project; a file without them has to have statements outside of types. */
const isProgram = (text: string): boolean =>
  /^#(?::(?:sdk|package|property|project)\s|!.*\bdotnet\b)/m.test(text) ||
  (/^(?:var\s+\w+\s*=|Console\.|await\s|return\s)/m.test(text) && !/^[ \t]*(?:namespace|public\s+class)\b/m.test(text));

/** The only source file at the root, where it is such a program. */
export function fileProgram(inventory: Inventory): DotnetProject | undefined {
  const [file, another] = inventory.names('').filter((name) => AT_ROOT.test(name) && inventory.isFile(name));
  const text = file === undefined ? undefined : inventory.text(file);
  if (file === undefined || another !== undefined || text === undefined || !isProgram(text)) return undefined;
  const directives = [...text.matchAll(DIRECTIVE)].map(([, kind = '', value = '']) => ({ kind, value }));
  const from = { file, line: 1, why: 'a program of one file' };
  const properties = new Map<string, Stated>([['OutputType', { value: 'Exe', from }]]);
  for (const { kind, value } of directives) {
    const [name = '', ...rest] = value.split('=');
    if (kind === 'property' && rest.length > 0)
      properties.set(name, { value: rest.join('='), from: { ...from, why: `${name} is ${rest.join('=')}` } });
  }
  const values = (kind: string): string[] =>
    directives.filter((d) => d.kind === kind).map(({ value }) => value.replace(/@.*$/, ''));
  return {
    file,
    folder: '',
    name: file.replace(/\.cs$/, ''),
    sdk: values('sdk')[0] ?? 'Microsoft.NET.Sdk',
    properties,
    references: [],
    packages: values('package'),
    frameworks: [],
    imports: [],
    text,
  };
}
