import { namedUser } from '../plan/named-user.ts';
import { defaultCycle, pickTag } from '../images/catalogue.ts';
import { debianSlim, DEBIAN, distroless } from '../images/known.ts';
import type { Settings, Variant } from '../manifest/schema.ts';
import { installPackages } from '../plan/packages.ts';
import type { Advice, Evidence, Os, RunStep, Runtime, Stage, Step } from '../plan/plan.ts';
import { sh } from '../plan/shell.ts';
import { healthCopy, HEALTH_PROGRAM, healthStage, type Compiler } from './native-health.ts';
import { PROGRAMS } from './program-path.ts';
import { APP_ROOT, BUILD_STAGE } from './run-file-steps.ts';

/** Where the build stage leaves the shared libraries that go along. */
const LIBRARIES = '/libraries';

/** The image in which a compiled program runs: what it is linked with, and nothing of what it was compiled by. */

/** Where the build stage leaves programs. */
export const OUTPUT = '/out';

/** In every C library, or in every image with C++. What is not is copied along. */
const IN_BASE = '/(ld-linux[^/]*|lib(c|m|dl|rt|pthread|resolv|util|anl|nss_[a-z]*|gcc_s|stdc[+][+]))[.]so';

/** By which a program that asks its locale reads and writes UTF-8. */
const UTF8 = { LANG: 'C.UTF-8' };

/**
 * Copies the shared libraries that programs are linked with to a folder, at the path where the loader looks for
 * them: exactly those, with what they need themselves, whatever package they came from.
 *
 * `locale`: and the locale of UTF-8, for an image that has none. Distroless images have it for Java and Python only:
 * https://github.com/GoogleContainerTools/distroless/blob/main/common/BUILD.bazel
 */
export const collectLibraries = (programs: readonly string[], locale = false): RunStep => ({
  kind: 'run',
  command: {
    lines: [
      ...sh`mkdir -p ${LIBRARIES}`.lines,
      sh`ldd ${programs} | awk '$2 == "=>" && index($3, "/") == 1 { print $3 }' | sort -u | grep -Ev ${IN_BASE}`.lines.join(
        '',
      ) +
        sh` | while read -r library; do folder=${LIBRARIES}$(realpath "$(dirname "$library")") && mkdir -p "$folder" && cp -L "$library" "$folder/"; done`.lines.join(
          '',
        ),
      ...(locale ? sh`cp -R --parents /usr/lib/locale/C.* ${LIBRARIES}`.lines : []),
    ],
  },
  why: `the shared libraries that the program is linked with, beyond those of every image${locale ? ', and the locale of UTF-8' : ''}`,
});

/** Whether an image has no locale but that of plain ASCII. */
export const lacksLocale = (variant: Variant): boolean => variant === 'distroless' || variant === 'scratch';

interface Ground {
  readonly base: Runtime['base'];
  readonly os: Os;
  readonly why: string;
  readonly steps: readonly Step[];
}

const CERTIFICATES = ['ca-certificates', 'tzdata'];

function withPackages(base: Ground['base'], os: Os, why: string): Ground {
  const packages = installPackages(
    os,
    CERTIFICATES,
    'certificates and time zones, which programs read from the system',
  );
  return { base, os, why, steps: packages ? [packages] : [] };
}

function groundOf(variant: Variant, uid: number, linked: boolean): Ground {
  if (variant === 'alpine') {
    const tag = pickTag('alpine', [defaultCycle('alpine-linux')?.cycle ?? 'latest']);
    return withPackages({ image: 'alpine', tag }, 'alpine', 'a small image with a shell and a package manager');
  }
  if (variant === 'slim') return withPackages(debianSlim, 'debian', 'Debian, for a shell and system packages');
  if (variant === 'debian')
    return withPackages({ image: 'debian', tag: DEBIAN.codename }, 'debian', 'Debian, for a shell and system packages');
  if (variant === 'scratch') {
    return {
      base: 'scratch',
      os: 'scratch',
      why: 'nothing but the program and what is copied beside it',
      steps: [
        {
          kind: 'copy',
          from: BUILD_STAGE,
          sources: ['/etc/ssl/certs/ca-certificates.crt'],
          to: '/etc/ssl/certs/',
          why: 'the certificates by which other hosts are known',
        },
        { kind: 'env', vars: { PATH: PROGRAMS }, why: 'where programs are' },
        ...namedUser(uid),
      ],
    };
  }
  if (linked) {
    return {
      base: distroless('static'),
      os: 'distroless',
      why: 'certificates, time zones and a user: everything else is in the program',
      steps: [],
    };
  }
  return {
    base: distroless('cc'),
    os: 'distroless',
    why: 'brings the C and C++ libraries that the program is linked with, certificates and time zones, and no other program',
    steps: [],
  };
}

/** Distroless unless something asked for needs a shell or a package manager. */
export function runtimeVariant(
  settings: Settings,
  asked: Variant,
  command: readonly string[] | undefined,
): { readonly variant: Variant; readonly advice: readonly Advice[] } {
  if (settings.image?.variant !== undefined) return { variant: asked, advice: [] };
  const wants = [
    ...((settings.run?.packages?.length ?? 0) > 0 ? ['system packages'] : []),
    ...((settings.entrypoint?.steps?.length ?? 0) > 0 ? ['entry point steps'] : []),
    ...(/(^|\/)(ba|da|a)?sh$/.test(command?.[0] ?? '') ? ['a command that needs a shell'] : []),
  ];
  if (wants.length === 0) return { variant: asked, advice: [] };
  return {
    variant: 'slim',
    advice: [
      {
        code: 'variant-with-shell',
        detail: `The image is Debian’s, not distroless, because of ${wants.join(' and ')}.`,
      },
    ],
  };
}

export interface NativeProgram {
  readonly variant: Variant;
  readonly uid: number;
  readonly workdir?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Programs from the build stage, and where they go. */
  readonly programs: readonly { readonly from: string; readonly to: string }[];
  /** Files beside them, copied before. */
  readonly files: readonly Step[];
  /** Everything is linked into the program, the C library too. */
  readonly linked?: boolean;
  /** Libraries were collected in the build stage. */
  readonly libraries: boolean;
  /** It asks for the locale; where the image lacks one, it was collected with the libraries. */
  readonly asksLocale?: boolean;
  readonly process: {
    readonly argv: readonly string[];
    readonly evidence: readonly Evidence[];
    readonly init: boolean;
    /** Where neither an init nor the program's own handling of signals is the reason. */
    readonly why?: string;
  };
  readonly port: number | undefined;
  /** Compiles the health check, where the image has no shell. */
  readonly compiler: Compiler;
}

/** The runtime of a compiled program, and the stages that it needs beside the one that compiles. */
export function nativeRuntime(program: NativeProgram): {
  readonly runtime: Runtime;
  readonly stages: readonly Stage[];
} {
  const { port, process } = program;
  const env = { ...(program.asksLocale ? UTF8 : {}), ...program.env };
  const ground = groundOf(program.variant, program.uid, program.linked ?? false);
  const probed = port !== undefined && ground.os !== 'debian';
  const libraries: Step[] = program.libraries
    ? [
        {
          kind: 'copy',
          from: BUILD_STAGE,
          sources: [`${LIBRARIES}/`],
          to: '/',
          why: 'the libraries that it is linked with',
        },
      ]
    : [];
  const runtime: Runtime = {
    base: ground.base,
    os: ground.os,
    why: ground.why,
    workdir: program.workdir ?? APP_ROOT,
    steps: [
      ...ground.steps,
      ...(probed ? [healthCopy] : []),
      ...(Object.keys(env).length > 0
        ? [{ kind: 'env', vars: env, why: 'settings by which it serves in a container' } satisfies Step]
        : []),
      ...libraries,
      ...program.files,
      ...program.programs.map(({ from, to }): Step => ({
        kind: 'copy',
        from: BUILD_STAGE,
        sources: [from],
        to,
        why: 'the program',
      })),
    ],
    process: {
      argv: process.argv,
      why:
        process.why ??
        (process.init
          ? 'the program itself, under an init that ends it on SIGTERM'
          : 'the program itself as PID 1: it ends on SIGTERM by itself'),
      evidence: process.evidence,
      init: process.init,
    },
    ...(port === undefined ? {} : { port }),
    probe: port === undefined ? 'none' : probed ? 'program' : 'bash',
    ...(probed ? { probeArgv: [HEALTH_PROGRAM] } : {}),
  };
  return { runtime, stages: probed ? [healthStage(program.compiler, port)] : [] };
}
