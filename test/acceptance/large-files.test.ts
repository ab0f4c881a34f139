import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SimulatedAttachment } from '../../src/simulator/simulated-message.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// More than a worker fetches at once.
const LARGE_FILES = 20;
const SMALL_FILES = 5;
const LARGE = randomBytes(17 * 1024 ** 2);

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

async function receive(attachment: SimulatedAttachment): Promise<string> {
  const { message, answer } = await inbox.receive({ attachments: [attachment] });
  expect(answer.status).toBe(200);
  return message.sid;
}

test('large files that arrive slowly do not hold up small ones, nor the other way round', async () => {
  const type = { contentType: 'application/octet-stream' };
  const slowly = { kind: 'slow', bytesPerSecond: 50_000 } as const;
  const slow: string[] = [];
  for (let number = 0; number < LARGE_FILES; number += 1) {
    // Each takes minutes.
    slow.push(await receive({ bytes: LARGE, ...type, faults: [slowly] }));
  }
  const begun = () => inbox.twilio.requests.filter(({ server }) => server === 'media').length;
  await eventually(async () => expect(begun()).toBeGreaterThan(5));
  const small: string[] = [];
  for (let number = 0; number < SMALL_FILES; number += 1) {
    small.push(await receive({ bytes: await smallPicture(number), contentType: 'image/png' }));
  }
  for (const sid of small) await inbox.mediaOf(sid, 'stored');
  const waiting = await Promise.all(slow.map((sid) => inbox.mediaOf(sid, 'pending')));
  const reasons = new Set(waiting.flat().map(({ reason }) => reason));
  expect(reasons).toContain('Other large files are being fetched: it waits for its turn');
  // Waiting for a turn is no try.
  expect(new Set(waiting.flat().map(({ attempts }) => attempts))).toEqual(new Set([0]));
}, 240_000);
