import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SimulatedMedia } from '../../src/simulator/simulated-message.ts';
import { hoursAgo, note, reconcile } from '../support/reconciliation.ts';
import { ACCOUNT, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

/** Deletes media at Twilio, as their owner may. */
async function deleteAtTwilio(...media: (SimulatedMedia | undefined)[]): Promise<void> {
  const basic = Buffer.from(`${ACCOUNT.sid}:${ACCOUNT.authToken}`).toString('base64');
  for (const one of media) {
    const headers = { authorization: `Basic ${basic}` };
    expect((await fetch(one?.url ?? '', { method: 'DELETE', headers })).status).toBe(204);
  }
}

function missOne(hours: number, to: string) {
  return inbox.twilio.createMessage({
    to,
    sentAt: hoursAgo(hours),
    attachments: [note(), note(), note()],
  });
}

test('a message comes without the media that were deleted at Twilio', async () => {
  const message = missOne(3, '+14155550101');
  await deleteAtTwilio(message.media[1]);
  const result = await reconcile(inbox, { to: '+14155550101' });
  expect(result).toMatchObject({ listed: 1, missing: 1, takenIn: 1, failed: 0 });
  const items = await inbox.mediaOf(message.sid, 'stored');
  const [first, , last] = message.media;
  expect(items).toMatchObject([
    { sid: first?.sid, index: 0 },
    { sid: last?.sid, index: 1 },
  ]);
});

test('a message that has none left at Twilio is let be', async () => {
  const message = missOne(2, '+14155550102');
  await deleteAtTwilio(...message.media);
  const result = await reconcile(inbox, { to: '+14155550102' });
  expect(result).toMatchObject({ state: 'done', listed: 1, missing: 0, takenIn: 0, failed: 0 });
  await inbox.api('get', `/api/v1/messages/${message.sid}`).expect(404);
});

test('of a message that has just arrived, media that are not listed yet are waited for', async () => {
  const message = missOne(0.01, '+14155550103');
  await deleteAtTwilio(message.media[2]);
  const result = await reconcile(inbox, { to: '+14155550103' });
  expect(result).toMatchObject({ state: 'done', listed: 1, missing: 1, takenIn: 0, failed: 1 });
  await inbox.api('get', `/api/v1/messages/${message.sid}`).expect(404);
  // Its webhook still brings all of it.
  const url = `${inbox.url}/twilio/incoming`;
  expect((await inbox.twilio.deliver(message, { url })).status).toBe(200);
  const { body } = await inbox.api('get', `/api/v1/messages/${message.sid}`).expect(200);
  expect(body).toMatchObject({ source: 'webhook', media: { length: 3 } });
});
