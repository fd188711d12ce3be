/** A semantic version, with or without `v`. https://semver.org */
export interface Release {
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
  readonly prerelease?: string;
  readonly build?: string;
}

const NUMBER = '(0|[1-9]\\d{0,8})';
const FORM = new RegExp(
  `^v?${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-([0-9A-Za-z][0-9A-Za-z.-]{0,63}))?(?:\\+([0-9A-Za-z.-]{1,63}))?$`,
);

export function parseRelease(version: string): Release | undefined {
  const [, major, minor, patch, prerelease, build] = FORM.exec(version) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return {
    major,
    minor,
    patch,
    ...(prerelease === undefined ? {} : { prerelease }),
    ...(build === undefined ? {} : { build }),
  };
}
