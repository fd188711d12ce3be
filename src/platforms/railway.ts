import * as z from 'zod';
import {
  command,
  documentOf,
  httpPath,
  lenient,
  lineOf,
  packageNames,
  START,
  startedAs,
  type Packages,
  type Platform,
} from './platform.ts';

const names = lenient(z.array(z.unknown()));

const packagesAt = (at: Packages['at'], said: readonly unknown[] | undefined, from: Packages['from']): Packages[] =>
  said === undefined ? [] : [{ at, names: packageNames(said), from }];

const service = z.looseObject({
  deploy: lenient(z.looseObject({ startCommand: lenient(command), healthcheckPath: lenient(httpPath) })),
});

/** https://docs.railway.com/reference/config-as-code */
export const railway: Platform = {
  files: ['railway.json', 'railway.toml'],
  read: (text, file) => {
    const { startCommand, healthcheckPath } = service.safeParse(documentOf(text, file)).data?.deploy ?? {};
    const health = { file, ...lineOf(text, /healthcheckPath/), why: 'healthcheckPath' };
    return {
      processes: startedAs(START, startCommand, { file, ...lineOf(text, /startCommand/), why: 'startCommand' }),
      ...(healthcheckPath === undefined ? {} : { health: { path: healthcheckPath, from: health } }),
    };
  },
};

const railpackFile = z.looseObject({
  buildAptPackages: names,
  deploy: lenient(z.looseObject({ startCommand: lenient(command), aptPackages: names })),
});

/** https://railpack.com/config/file */
export const railpack: Platform = {
  files: ['railpack.json', 'railpack.jsonc'],
  read: (text, file) => {
    const { buildAptPackages, deploy } = railpackFile.safeParse(documentOf(text, file)).data ?? {};
    return {
      processes: startedAs(START, deploy?.startCommand, { file, ...lineOf(text, /startCommand/), why: 'startCommand' }),
      packages: [
        ...packagesAt('/build/packages', buildAptPackages, { file, why: 'buildAptPackages' }),
        ...packagesAt('/run/packages', deploy?.aptPackages, { file, why: 'aptPackages' }),
      ],
    };
  },
};

const nixpacksFile = z.looseObject({
  phases: lenient(z.looseObject({ setup: lenient(z.looseObject({ aptPkgs: names })) })),
  start: lenient(z.looseObject({ cmd: lenient(command) })),
});

/** https://nixpacks.com/docs/configuration/file: packages of Nix have names of their own, and are left alone. */
export const nixpacks: Platform = {
  files: ['nixpacks.toml', 'nixpacks.json'],
  read: (text, file) => {
    const { phases, start } = nixpacksFile.safeParse(documentOf(text, file)).data ?? {};
    const from = { file, ...lineOf(text, /\baptPkgs\b/), why: 'aptPkgs' };
    return {
      processes: startedAs(START, start?.cmd, { file, ...lineOf(text, /\bcmd\b/), why: 'start.cmd' }),
      packages: [
        ...packagesAt('/build/packages', phases?.setup?.aptPkgs, from),
        ...packagesAt('/run/packages', phases?.setup?.aptPkgs, from),
      ],
    };
  },
};
