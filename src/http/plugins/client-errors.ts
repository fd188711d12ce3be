import type { ConnectionError } from 'fastify';
import type { Socket } from 'node:net';
import { Problem } from '../../problems/problem.ts';
import { problemDocument } from './problem-json.ts';

/** Faults below HTTP, before there is a request: broken syntax, headers too large or too slow. */
const byCode: Readonly<Record<string, { status: number; reason: string; problem: Problem }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    reason: 'Request Timeout',
    problem: new Problem('request-timeout', { detail: 'The request did not arrive in time.', hint: 'Send it again.' }),
  },
};

const malformed = {
  status: 400,
  reason: 'Bad Request',
  problem: new Problem('invalid-request', {
    detail: 'The bytes that were sent are not an HTTP request that is understood.',
  }),
};

/** Answers on the bare socket, as a problem document like all others. */
export function clientErrors(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, reason, problem } = byCode[error.code] ?? malformed;
  const body = JSON.stringify({ ...problemDocument(problem, ''), instance: undefined });
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/problem+json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
