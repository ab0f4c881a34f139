import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { hoursAgo, messagesOf, note, reconcile } from '../support/reconciliation.ts';
import { signedFormHeaders } from '../support/signed-request.ts';
import { ACCOUNT, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterEach(() => vi.useRealTimers());
afterAll(() => inbox.stop());

let senders = 0;
const newSender = () => `+1415555${String(++senders).padStart(4, '0')}`;

/** The bodies of a sender's messages as they are listed, the first one first. */
async function bodiesOf(from: string): Promise<string[]> {
  const items = (await messagesOf(inbox)) as { from: string; body: string }[];
  return items
    .filter((item) => item.from === from)
    .map(({ body }) => body)
    .toReversed();
}

/** @param sentAt by Twilio's clock */
async function receive(from: string, body: string, sentAt = new Date()): Promise<void> {
  const message = inbox.twilio.createMessage({ from, body, sentAt, attachments: [] });
  const answer = await inbox.twilio.deliver(message, { url: `${inbox.url}/twilio/incoming` });
  expect(answer.status).toBe(200);
}

// The simulator takes messages in the order in which they were sent, so this one is the first.
test('what reconciliation brings in is listed as Twilio does, also within one second', async () => {
  const from = newSender();
  const sentAt = hoursAgo(1);
  const bodies = ['first', 'second', 'third', 'fourth'];
  for (const body of bodies) {
    inbox.twilio.createMessage({ from, body, sentAt, attachments: [note()] });
  }
  await reconcile(inbox);
  await receive(from, 'now');
  expect(await bodiesOf(from)).toEqual([...bodies, 'now']);
});

test('messages of one sender are listed in the order in which they came', async () => {
  const from = newSender();
  const bodies = Array.from({ length: 20 }, (_, n) => `no. ${n}`);
  for (const body of bodies) await receive(from, body);
  expect(await bodiesOf(from)).toEqual(bodies);
});

test('the order stays when the clock is set back an hour, and over a restart after that', async () => {
  const from = newSender();
  await receive(from, 'before');
  const sentAt = new Date();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
  await receive(from, 'after', sentAt);
  await inbox.restart();
  await receive(from, 'after a restart', sentAt);
  expect(await bodiesOf(from)).toEqual(['before', 'after', 'after a restart']);
});

test('what arrives slowly keeps its place', async () => {
  const from = newSender();
  const { params } = inbox.twilio.createMessage({ from, body: 'slow', attachments: [] });
  const form = new URLSearchParams(params).toString();
  const slow = request(`${inbox.url}/twilio/incoming`, {
    method: 'POST',
    headers: { ...signedFormHeaders(inbox, form), 'content-length': Buffer.byteLength(form) },
  });
  const answer = once(slow, 'response');
  slow.write(form.slice(0, 10));
  // Answered on another connection after the head of the first was sent.
  await once(slow, 'socket');
  await new Promise<void>((done) => void slow.write(form.slice(10, 20), () => done()));
  await receive(newSender(), 'on the way');
  await receive(from, 'quick');
  slow.end(form.slice(20));
  const [{ statusCode }] = await answer;
  expect(statusCode).toBe(200);
  expect(await bodiesOf(from)).toEqual(['slow', 'quick']);
});

test('requests with wrong signatures do not move the time of receipt of others', async () => {
  const now = Date.now() + 60_000;
  vi.useFakeTimers({ toFake: ['Date'], now });
  await inbox.restart();
  for (let sent = 0; sent < 20; sent += 1) {
    const refused = await fetch(`${inbox.url}/twilio/incoming`, {
      method: 'POST',
      headers: { 'x-twilio-signature': 'wrong' },
      body: new URLSearchParams({ AccountSid: ACCOUNT.sid }),
    });
    expect(refused.status).toBe(403);
  }
  const from = newSender();
  await receive(from, 'right');
  const messages = (await messagesOf(inbox)) as { from: string; receivedAt: string }[];
  const right = messages.find((message) => message.from === from);
  expect(right?.receivedAt).toBe(new Date(now).toISOString());
});
