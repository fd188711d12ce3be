/** What is said of an error outside of the process, in the log and in reports: nothing of what was sent. */

const MAX_MESSAGE = 300;
const MAX_CAUSES = 4;
const QUOTED = /"[^"]*"?|'[^']*'?|`[^`]*`?/g;

/** Parsers quote their input in their messages (`Unexpected token 'x', "…" is not valid JSON`): quotes are blanked. */
const withoutQuotes = (message: string): string =>
  (message.split('\n')[0] ?? '').replaceAll(QUOTED, '"…"').slice(0, MAX_MESSAGE);

export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /** Where in the code, without the message. */
  readonly stack: string;
  readonly cause?: DescribedError;
}

export function describeError(error: unknown, causes = MAX_CAUSES): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: '', stack: '' };
  const { name, message, stack = '', cause } = error;
  const { code } = error as { code?: unknown };
  // A message of several lines may look like a frame.
  const frames = stack
    .replace(message, () => '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return {
    type: name,
    message: withoutQuotes(message),
    ...(typeof code === 'string' ? { code } : {}),
    stack: frames.map((line) => line.trim()).join('\n'),
    ...(cause instanceof Error && causes > 0 ? { cause: describeError(cause, causes - 1) } : {}),
  };
}
