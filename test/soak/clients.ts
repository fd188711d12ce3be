import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Question } from './questions.ts';

/** Who asks: clients as they should be, and those that abort, are slow, or never read. */

export interface Target {
  readonly port: number;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

const ANSWER_MS = 120_000;
/** The id stands in a problem's `instance`: always the same, so that its bytes are. */
const ID = { 'x-request-id': 'soak' };

export const agent = new Agent({ keepAlive: true, maxSockets: 64 });

const headersOf = ({ headers, body }: Question): Record<string, string> => ({
  ...headers,
  ...ID,
  'content-length': String(body.length),
});

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The whole exchange; `pieces`, with a pause after each, makes it a slow one. */
export async function ask({ port }: Target, question: Question, pieces = 1): Promise<Answer> {
  const { method, path, body } = question;
  const call = request({
    port,
    host: '127.0.0.1',
    method,
    path,
    headers: headersOf(question),
    agent,
    timeout: ANSWER_MS,
  });
  call.on('timeout', () => call.destroy(new Error('no answer in time')));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    call.once('response', resolve);
    call.on('error', reject);
  });
  answered.catch(() => undefined);
  const size = Math.max(1, Math.ceil(body.length / pieces));
  for (let at = 0; at < body.length && !call.destroyed; at += size) {
    call.write(body.subarray(at, at + size));
    if (pieces > 1) await wait(50);
  }
  call.end();
  const response = await answered;
  return { status: response.statusCode ?? 0, body: await bodyOf(response) };
}

/** A connection without any manners of a client of HTTP. */
async function raw({ port }: Target, { method, path, headers }: Question, length: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const lines = Object.entries({ host: 'soak', ...headers, ...ID, 'content-length': String(length) });
  socket.write(`${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  return Promise.resolve(socket);
}

const closed = async (socket: Socket): Promise<unknown> =>
  socket.destroyed ? undefined : new Promise((resolve) => void socket.once('close', resolve));

/** Goes away when a part of the upload has been sent. */
export async function abortUpload(target: Target, question: Question, part: number): Promise<void> {
  const socket = await raw(target, question, question.body.length + 1);
  socket.resume();
  socket.write(question.body.subarray(0, Math.floor(question.body.length * part)));
  await wait(Math.floor(part * 100));
  socket.destroy();
  await closed(socket);
}

/** Goes away when the answer has begun. */
export async function abortAnswer(target: Target, question: Question): Promise<void> {
  const socket = await raw(target, question, question.body.length);
  socket.write(question.body);
  socket.once('data', () => socket.destroy());
  await Promise.race([closed(socket), wait(ANSWER_MS, undefined, { ref: false })]);
  socket.destroy();
}

/** Sends all and reads nothing. Resolves when it has been cut; looks so often, for a byte that it sends is no silence. */
export async function neverRead(target: Target, question: Question, lookMs: number): Promise<void> {
  const socket = await raw(target, question, question.body.length);
  socket.pause();
  socket.write(question.body);
  // A socket that is not read does not see its end; one that is written to does.
  const look = setInterval(() => socket.write('\r\n'), lookMs);
  const late = AbortSignal.timeout(ANSWER_MS);
  await Promise.race([closed(socket), once(late, 'abort')]);
  clearInterval(look);
  socket.destroy();
  if (late.aborted) throw new Error('a client that never reads was not cut');
}

/** What is no HTTP at all. Resolves with what came back. */
export async function talkNonsense({ port }: Target, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  socket.write(bytes);
  await Promise.race([closed(socket), wait(ANSWER_MS, undefined, { ref: false })]);
  socket.destroy();
  return answer;
}
