import type { Evidence } from '../plan/plan.ts';
import { packageOfProgram } from './called-programs.ts';
import { hitsOf, type Code } from './code.ts';

/** Programs of the system that a project's own code starts: those, and the packages of Debian that have them. */

/** What holds a program by its name, or by the path where Debian has it. */
const NAMED = String.raw`"(?:/usr/bin/)?([\w.-]+)`;

/** Calls that start a program; a look whether it is there is none: it can be done without. */
const CALLS = {
  go: new RegExp(String.raw`\bexec\.Command(?:Context)?\(\s*(?:[\w.()]+\s*,\s*)?${NAMED}"`, 'g'),
  rust: new RegExp(String.raw`(?<!subcommand\(|clap::)\bCommand::new\(\s*${NAMED}"\s*\)`, 'g'),
  java: new RegExp(
    String.raw`(?:\bProcessBuilder|\.exec)\(\s*(?:(?:List\.of|listOf|Arrays\.asList)\(\s*|new\s+String\[\]\s*\{\s*)?${NAMED}["\s]|"/usr/bin/([\w.-]+)"`,
    'g',
  ),
} as const;

export interface CalledPrograms {
  readonly packages: readonly string[];
  readonly from: Evidence;
}

/** The packages that a program needs for what its code starts; undefined where there are none. */
export function calledPackages(language: keyof typeof CALLS, code: readonly Code[]): CalledPrograms | undefined {
  const called = hitsOf(code, CALLS[language], 'it starts').flatMap(({ groups, from }) => {
    const name = groups[1] ?? groups[2] ?? '';
    const item = packageOfProgram(name, false);
    return item === undefined ? [] : [{ item, from: { ...from, why: `it starts ${name}` } }];
  });
  const [first] = called;
  return first && { packages: [...new Set(called.map(({ item }) => item))].sort(), from: first.from };
}
