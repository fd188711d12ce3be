import type { Advice, Evidence } from '../plan/plan.ts';

/** Programs that listen on an address of their own machine: in a container nothing outside of it reaches that. */

/** A host as sources and settings write it. */
export const isLoopback = (host: string | undefined): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host ?? '');

/** The advice for such a program; none where it listens elsewhere. `hint` is what the language has for it. */
export function loopbackAdvice(
  found: { readonly port: number; readonly from: Evidence; readonly loopback: boolean } | undefined,
  hint = 'Listen on 0.0.0.0.',
): Advice[] {
  if (!found?.loopback) return [];
  const { file, line } = found.from;
  return [
    {
      code: 'listens-on-loopback',
      detail: `The program listens on an address of its own machine (port ${found.port}); nothing outside the container reaches that.`,
      hint,
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
    },
  ];
}
