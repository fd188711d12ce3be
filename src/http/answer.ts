import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** A fingerprint of all that an answer depends on; the same parts give the same tag. */
export function etagOf(...parts: readonly unknown[]): string {
  return `"${createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 32)}"`;
}

const withCharset = (type: string): string => (/^text\/|json$/.test(type) ? `${type}; charset=utf-8` : type);

/** Sends a negotiated answer. `etag` covers the input; the media type is added to it here. */
export function answer(reply: FastifyReply, type: string, body: unknown, etag: string): FastifyReply {
  reply.header('content-type', withCharset(type)).header('vary', 'Accept').header('etag', etag);
  if (typeof body === 'object' && type === 'application/json') {
    return reply.serializer((value: unknown) => JSON.stringify(value)).send(body);
  }
  return reply.send(body);
}
