import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

function forged(): Promise<Response> {
  return fetch(`${inbox.url}/twilio/incoming`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': 'Zm9yZ2VkIHNpZ25hdHVyZSE=',
    },
    body: 'MessageSid=MM1&AccountSid=AC1&Body=x',
  });
}

test('a flood of wrong signatures is refused, and soon without a line of its own each', async () => {
  const statuses = [];
  for (let n = 0; n < 20; n += 1) statuses.push((await forged()).status);
  const began = performance.now();
  const later = await Promise.all(Array.from({ length: 40 }, forged));
  statuses.push(...later.map(({ status }) => status));
  // Whoever goes on is answered late, and keeps the processor from nobody.
  expect(performance.now() - began).toBeGreaterThan(240);
  expect(new Set(statuses)).toEqual(new Set([403]));
  const logged = inbox.logLines.map((line) => JSON.parse(line));
  const lines = logged.map(({ msg }) => msg);
  const refused = lines.filter((msg) => msg.startsWith('webhook refused'));
  expect(refused.length).toBe(20);
  expect(lines.filter((msg) => msg.startsWith('further refusals'))).toHaveLength(1);
  expect(logged.filter(({ res }) => res?.status === 403)).toHaveLength(20);
  const { text } = await inbox.api('get', '/metrics').expect(200);
  expect(text).toContain('mms_inbox_webhooks_total{outcome="refused"} 60');
});

test('right signatures from the same address are never limited', async () => {
  const attachments = [{ bytes: await smallPicture(1), contentType: 'image/png' }];
  for (let n = 0; n < 30; n += 1) {
    expect((await inbox.receive({ attachments })).answer.status).toBe(200);
  }
});

test('who does not finish the head of a request loses the connection; others are served meanwhile', async () => {
  const { hostname, port } = new URL(inbox.url);
  const slow = Array.from({ length: 50 }, () => connect(Number(port), hostname));
  for (const socket of slow) {
    socket.on('error', () => undefined);
    socket.write('POST /twilio/incoming HTTP/1.1\r\nHost: x\r\nX-Slow: ');
  }
  expect((await fetch(`${inbox.url}/healthz`)).status).toBe(200);
  await Promise.all(slow.map((socket) => once(socket.resume(), 'close')));
}, 30_000);
