import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { BLOCK_BYTES, laneMemory, LaneReceiver, LaneSender } from '../../src/http/jobs/lane.ts';
import { free } from '../../src/source/free.ts';

/** Both ends of a lane, as if a thread lay between them. */
function lane(): { readonly sender: LaneSender; readonly receiver: LaneReceiver } {
  const memory = laneMemory();
  const receiver = new LaneReceiver(memory, (block) => setImmediate(() => sender.used(block)));
  const sender = new LaneSender(memory, (filled) => setImmediate(() => receiver.push(filled)));
  return { sender, receiver };
}

async function sendAll(sender: LaneSender, receiver: LaneReceiver, chunks: readonly Buffer[]): Promise<void> {
  for (const chunk of chunks) await sender.write(chunk);
  sender.flush();
  setImmediate(() => receiver.end());
}

describe('a lane', () => {
  test('brings what was sent, whatever the chunks', async () => {
    const sizes = fc.array(fc.nat(3 * BLOCK_BYTES), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const chunks = lengths.map((length) => randomBytes(length));
        const { sender, receiver } = lane();
        const sent = sendAll(sender, receiver, chunks);
        const got: Buffer[] = [];
        for await (const block of receiver.blocks()) got.push(Buffer.from(block));
        await sent;
        assert.ok(Buffer.concat(got).equals(Buffer.concat(chunks)));
      }),
      { numRuns: 30 },
    );
  });

  test('gives others their turn between two blocks that are there already', async () => {
    const receiver = new LaneReceiver(laneMemory(), () => {});
    for (const block of [0, 1, 2, 3]) receiver.push({ block, length: 1 });
    receiver.end();
    let turns = 0;
    const others = setInterval(() => turns++, 0);
    const seen: number[] = [];
    for await (const _ of receiver.blocks()) {
      seen.push(turns);
      // Longer than the shortest time that a timer waits.
      for (const until = performance.now() + 3; performance.now() < until;);
    }
    clearInterval(others);
    assert.ok((seen.at(-1) ?? 0) >= 2, `turns of others before each block: ${seen.join(', ')}`);
  });

  test('leaves a block alone until the next one is asked for, however fast the sender is', async () => {
    const bytes = randomBytes(20 * BLOCK_BYTES);
    const { sender, receiver } = lane();
    const sent = sendAll(sender, receiver, [bytes]);
    let at = 0;
    for await (const block of receiver.blocks()) {
      for (let i = 0; i < 5; i++) await turn();
      assert.ok(block.equals(bytes.subarray(at, at + block.length)));
      at += block.length;
    }
    await sent;
    assert.equal(at, bytes.length);
  });

  test('lets a sender go that waits when nobody wants more', async () => {
    const { sender } = lane();
    const sent = sender.write(Buffer.alloc(20 * BLOCK_BYTES));
    await turn();
    sender.close();
    assert.equal(await sent, false);
    assert.equal(await sender.write(Buffer.alloc(1)), false);
  });

  test('is not written to once it has been closed', async () => {
    const memory = laneMemory();
    const sender = new LaneSender(memory, () => undefined);
    await sender.write(Buffer.from('kept'));
    sender.close();
    assert.equal(await sender.write(Buffer.from('late')), false);
    assert.equal(Buffer.from(memory).indexOf('late'), -1);
  });

  test('gives a failure to a receiver that waits', async () => {
    const { receiver } = lane();
    const read = receiver.blocks().next();
    receiver.fail(new Error('the job failed'));
    await assert.rejects(read, /the job failed/);
  });
});

describe('memory that is freed', () => {
  test('is gone at once', () => {
    const bytes = Buffer.allocUnsafeSlow(1000);
    free(bytes);
    assert.equal(bytes.length, 0);
  });

  test('is left alone where others have a part of it', () => {
    const whole = Buffer.allocUnsafeSlow(1000).fill('x');
    free(whole.subarray(0, 999));
    assert.equal(whole.toString(), 'x'.repeat(1000));
    const small = Buffer.from('small');
    free(small);
    assert.equal(small.toString(), 'small');
  });
});
