import { defaultCycle } from '../../images/catalogue.ts';
import type { RunStep, Stage, Step } from '../../plan/plan.ts';
import { installPackages } from '../../plan/packages.ts';
import { all, sh } from '../../plan/shell.ts';
import { CRATES, isLocked } from './cargo-steps.ts';
import type { CargoProject } from './project.ts';
import { toolchainOf } from './version.ts';

/** What makes files for a browser of a program: compiled apart, with the newest toolchain, whatever the project's own is. */

export const BROWSER_TARGET = 'wasm32-unknown-unknown';
const STAGE = 'tools';
const TOOLS = '/tools';

/** The newest whose command lines are known here. https://crates.io/crates/trunk, https://crates.io/crates/cargo-leptos */
const VERSIONS = { trunk: '0.22.1', 'cargo-leptos': '0.3.11' } as const;

const install = (crate: string, why: string): RunStep => ({
  kind: 'run',
  phase: 'install',
  mounts: CRATES,
  command: sh`cargo install --locked --root ${TOOLS} ${crate}`,
  why,
});

export interface BrowserTools {
  readonly stage: Stage;
  /** For the stage that compiles, before the source is there, and after. */
  readonly before: readonly Step[];
  readonly after: readonly Step[];
}

/** A tool with the one that binds its output to JavaScript, which has to be of the very version of the crate. */
export function browserTools(project: CargoProject, tool: keyof typeof VERSIONS): BrowserTools {
  const locked = isLocked(project) ? project.lock?.crates.find((c) => c.name === 'wasm-bindgen')?.version : undefined;
  const binding = 'binds the program to JavaScript, in the version of its crate';
  const found = sh`cargo install --locked wasm-bindgen-cli --version "$(cargo pkgid wasm-bindgen | sed 's/.*[#@]//')"`;
  const smaller = installPackages('debian', ['binaryen'], 'makes what the browser gets smaller');
  return {
    stage: {
      name: STAGE,
      base: toolchainOf(defaultCycle('rust')?.cycle ?? '1', '').image,
      why: 'compiles the tools that make a site',
      steps: [
        install(`${tool}@${VERSIONS[tool]}`, 'makes the site'),
        ...(locked === undefined ? [] : [install(`wasm-bindgen-cli@${locked}`, binding)]),
      ],
    },
    before: [
      ...(smaller ? [smaller] : []),
      {
        kind: 'copy',
        from: STAGE,
        sources: [`${TOOLS}/bin/`],
        to: '/usr/local/cargo/bin/',
        why: 'the tools that make a site',
      },
    ],
    after:
      locked === undefined
        ? [
            {
              kind: 'run',
              phase: 'install',
              mounts: CRATES,
              command: all(sh`cargo metadata --format-version 1 > /dev/null`, found),
              why: binding,
            },
          ]
        : [],
  };
}
