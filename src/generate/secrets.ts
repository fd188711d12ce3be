import type { MergedManifest, Trace } from '../manifest/merge.ts';
import type { Manifest } from '../manifest/schema.ts';
import type { Advice } from '../plan/plan.ts';

/**
 * What looks like a secret is never written out: a variable of the image becomes one that is given at run time, a build
 * argument becomes a secret mount. Only the manifest is changed; so everything made from it is.
 */

const SECRET_NAME =
  /(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|SECRETS|TOKEN|API_?KEY|APIKEY|ACCESS_?KEY|PRIVATE_?KEY|SECRET_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|SECRET_KEY_BASE|MASTER_KEY|APP_KEY|CREDENTIALS|DSN)$/i;

/** Words that stand where a value has to be put, and settings that only sound like secrets. */
const HARMLESS =
  /^(|true|false|yes|no|on|off|none|null|dummy|placeholder|change[-_ ]?me|example|\d{1,5}|<[^>]*>|\$\{?\w+\}?|\/\S*)$/i;

/** Forms that keys and passwords have wherever they stand. */
const SECRET_VALUE =
  /^(AKIA|ASIA)[0-9A-Z]{16}$|^gh[pousr]_[A-Za-z0-9]{20,}|^github_pat_|^glpat-|^xox[abprs]-|^sk_live_|^sk-[A-Za-z0-9_-]{20,}|^npm_[A-Za-z0-9]{30,}|^pypi-[A-Za-z0-9_-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY|^eyJ[\w-]+\.eyJ[\w-]+\./;

/** A URL with a password in it. */
const SECRET_URL = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i;

/** Whether a setting's value must not be written into an image or a file. */
export function looksSecret(name: string, value: string): boolean {
  if (SECRET_VALUE.test(value) || SECRET_URL.test(value)) return true;
  return SECRET_NAME.test(name) && !HARMLESS.test(value);
}

const secretId = (name: string): string => name.toLowerCase().replaceAll(/^_+|_+$/g, '');

interface Parted {
  readonly kept: Record<string, string>;
  readonly secret: readonly string[];
}

function part(values: Readonly<Record<string, string>> = {}): Parted {
  const secret = Object.keys(values).filter((name) => looksSecret(name, values[name] ?? ''));
  return { kept: Object.fromEntries(Object.entries(values).filter(([name]) => !secret.includes(name))), secret };
}

const whereFrom = (trace: Trace | undefined): { file?: string; line?: number } => ({
  ...(trace?.from?.file === undefined ? {} : { file: trace.from.file }),
  ...(trace?.from?.line === undefined ? {} : { line: trace.from.line }),
});

/** Takes secrets out of `run.env` and `build.args`, and says so. */
export function moveSecrets(merged: MergedManifest): { merged: MergedManifest; advice: readonly Advice[] } {
  const { manifest, origins } = merged;
  const env = part(manifest.run?.env);
  const args = part(manifest.build?.args);
  if (env.secret.length + args.secret.length === 0) return { merged, advice: [] };
  const moved: Manifest = {
    ...manifest,
    ...(manifest.run
      ? {
          run: {
            ...manifest.run,
            env: env.kept,
            secrets: [...new Set([...(manifest.run.secrets ?? []), ...env.secret])],
          },
        }
      : {}),
    ...(manifest.build
      ? {
          build: {
            ...manifest.build,
            args: args.kept,
            secrets: [...new Set([...(manifest.build.secrets ?? []), ...args.secret.map(secretId)])],
          },
        }
      : {}),
  };
  return {
    merged: { manifest: moved, origins },
    advice: [
      ...env.secret.map((name) => ({
        code: 'secret-in-env',
        detail: `run.env.${name} looks like a secret: everyone who has the image could read it, so it was not written into it.`,
        hint: `It was moved to run.secrets. Give its value when the container starts, and take it out of the manifest.`,
        ...whereFrom(origins[`/run/env/${name}`]),
      })),
      ...args.secret.map((name) => ({
        code: 'secret-in-arg',
        detail: `build.args.${name} looks like a secret: build arguments stay in the history of the image, so it was not written as one.`,
        hint: `It was moved to build.secrets: docker build --secret id=${secretId(name)},env=${name} sets ${name} for the steps that install and build.`,
        ...whereFrom(origins[`/build/args/${name}`]),
      })),
    ],
  };
}
