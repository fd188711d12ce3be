/**
 * Each system reads variables out of values in its own way. A value of a manifest or a source stays what it is in all of
 * them: what would begin an interpolation is escaped by that system's own means. What the kit itself wants to have
 * interpolated is written without these.
 */

/** https://docs.docker.com/reference/compose-file/interpolation/ */
export const composeText = (value: string): string => value.replaceAll('$', () => '$$');

/** In `env` and arguments of a container, `$(NAME)` is expanded and `$$` is a dollar. https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/ */
export const kubernetesText = (value: string): string => value.replaceAll('$', () => '$$');

/** https://docs.github.com/actions/reference/workflows-and-actions/expressions */
export const githubText = (value: string): string => value.replaceAll('${{', () => "${{ '${{' }}");

/** A dynamic reference of CloudFormation cannot be escaped, so a value that holds one is not written. */
export const isCloudFormationSafe = (value: string): boolean => !value.includes('{{resolve:');

/** Text of Markdown that is code: a fence longer than any in it. */
export function inlineCode(value: string): string {
  const text = value.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 || text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** The same in a cell of a table, where a bar ends the cell even in code. */
export const cellCode = (value: string): string => inlineCode(value).replaceAll('|', String.raw`\|`);

/** A comment of YAML, HCL or a shell: one line, whatever is in it. */
export const commentLine = (text: string): string =>
  `# ${text.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029\u0085\uFEFF]+/gu, ' ')}`;
