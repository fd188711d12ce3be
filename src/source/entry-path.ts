import { Problem } from '../problems/problem.ts';
import { exceeded, MAX_COMPONENT_BYTES, MAX_DEPTH, type SourceLimits } from './limits.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(name: Buffer): string {
  try {
    return utf8.decode(name);
  } catch {
    throw refuse(name.toString('latin1'), 'has a name that is not UTF-8');
  }
}

const refuse = (name: string, why: string, hint = 'Rename it, or leave it out with tar --exclude.'): Problem =>
  new Problem('unsafe-archive', { detail: `The entry ${JSON.stringify(name)} ${why}.`, hint });

/** The plain case, which nearly every entry is: nothing to strip, nothing to refuse. */
const PLAIN = /^[\w@+=,~()[\]{} -][\w.@+=,~()[\]{} -]*(\/(?!\.\.?(\/|$)|\.wh\.)[\w.@+=,~()[\]{} -]+)*$/;

function normalised(text: string): string {
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..'))
    throw refuse(text, 'climbs out of its folder with ".."', 'Make the archive inside the project: tar c . | curl …');
  return parts.join('/');
}

function check(path: string, limits: SourceLimits): void {
  if (/[\p{Cc}\u2028\u2029]/u.test(path)) throw refuse(path, 'has a control character in its name');
  const parts = path.split('/');
  if (parts.length > MAX_DEPTH)
    throw exceeded(
      { name: 'depth', value: MAX_DEPTH, setting: 'nothing' },
      'A path is too deep',
      'Flatten the folder.',
    );
  for (const part of parts) {
    if (part.startsWith('.wh.'))
      throw refuse(
        path,
        'has a name that images use to mark deletions',
        'An image that holds it could not be saved. Leave it out.',
      );
    if (part.length > MAX_COMPONENT_BYTES / 4 && Buffer.byteLength(part) > MAX_COMPONENT_BYTES)
      throw refuse(path.slice(0, 80), 'has a name longer than 255 bytes');
  }
  if (Buffer.byteLength(path) > limits.path.value)
    throw exceeded(limits.path, `A path has ${Buffer.byteLength(path)} bytes`, 'Shorten it.');
}

/**
 * The path of an entry: relative, without `.` parts and a leading or trailing slash; '' for the root itself. Throws
 * `unsafe-archive` for one that climbs out or has control characters, `limit-exceeded` for one that is too long.
 */
export function entryPath(name: Buffer, limits: SourceLimits): string {
  if (name.length > limits.path.value) throw exceeded(limits.path, `A path has ${name.length} bytes`, 'Shorten it.');
  // Of the plain case, which is ASCII, a byte is a character.
  const latin = name.toString('latin1');
  if (latin.length < MAX_COMPONENT_BYTES && PLAIN.test(latin)) return latin;
  const text = decode(name);
  if (text === '') throw refuse('', 'has an empty name');
  const path = normalised(text);
  if (path !== '') check(path, limits);
  return path;
}

/** The target of a symbolic link, kept as it is; it may say anything but control characters. */
export function linkTarget(target: Buffer, path: string, limits: SourceLimits): string {
  if (target.length > limits.path.value)
    throw exceeded(
      limits.path,
      `The target of the link ${JSON.stringify(path)} has ${target.length} bytes`,
      'Shorten it.',
    );
  const text = decode(target);
  if (text === '' || /[\p{Cc}]/u.test(text))
    throw refuse(path, 'is a link whose target is empty or has control characters');
  return text;
}
