import { namedUser } from '../../plan/named-user.ts';
import { defaultCycle, pickTag } from '../../images/catalogue.ts';
import { debianSlim, DEBIAN, distroless } from '../../images/known.ts';
import type { Variant } from '../../manifest/schema.ts';
import { installPackages } from '../../plan/packages.ts';
import type { Os, Runtime, Step } from '../../plan/plan.ts';
import { BUILD_STAGE } from '../run-file-steps.ts';
import type { Cgo } from './cgo.ts';

/** The image that a program runs in, before the program is in it. */
export interface Ground {
  readonly base: Runtime['base'];
  readonly os: Os;
  readonly why: string;
  readonly steps: readonly Step[];
}

const CERTIFICATES = ['ca-certificates', 'tzdata'];
const certificatesWhy = 'certificates and time zones, which programs in Go read from the system';

const ZONES = '/usr/share/zoneinfo.zip';

function scratch(uid: number): Ground {
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
      {
        kind: 'copy',
        from: BUILD_STAGE,
        sources: ['/usr/local/go/lib/time/zoneinfo.zip'],
        to: ZONES,
        why: 'time zones, as the toolchain brings them',
      },
      {
        kind: 'env',
        vars: { PATH: '/usr/local/bin', ZONEINFO: ZONES },
        why: 'where programs and time zones are',
      },
      ...namedUser(uid),
    ],
  };
}

function alpine(): Ground {
  const line = defaultCycle('alpine-linux')?.cycle ?? 'latest';
  const packages = installPackages('alpine', CERTIFICATES, certificatesWhy);
  return {
    base: { image: 'alpine', tag: pickTag('alpine', [line]) },
    os: 'alpine',
    why: 'a small image with a shell and a package manager',
    steps: packages ? [packages] : [],
  };
}

function debian(slim: boolean): Ground {
  const packages = installPackages('debian', CERTIFICATES, certificatesWhy);
  return {
    base: slim ? debianSlim : { image: 'debian', tag: DEBIAN.codename },
    os: 'debian',
    why: 'Debian, for a shell and system packages',
    steps: packages ? [packages] : [],
  };
}

function bare(cgo: Cgo | undefined, linksC: boolean): Ground {
  if (!linksC) {
    return {
      base: distroless('static'),
      os: 'distroless',
      why: 'certificates, time zones and a user, and no other program',
      steps: [],
    };
  }
  const cxx = cgo?.cxx ?? true;
  return {
    base: distroless(cxx ? 'cc' : 'base-nossl'),
    os: 'distroless',
    why: cxx
      ? 'brings the C and C++ libraries that the program is linked with'
      : 'brings the C library that the program is linked with',
    steps: [],
  };
}

/** `linksC`: the program is linked with the image's C library. */
export function groundOf(variant: Variant, cgo: Cgo | undefined, linksC: boolean, uid: number): Ground {
  if (variant === 'scratch') return scratch(uid);
  if (variant === 'alpine') return alpine();
  if (variant === 'distroless') return bare(cgo, linksC);
  return debian(variant === 'slim');
}
