import { afterAll, beforeEach, expect, test } from 'vitest';
import { postForm, postJson, signedFormHeaders } from '../support/signed-request.ts';
import { ACCOUNT, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

interface Entry {
  cause: string;
  advice: string;
  status: number;
  count: number;
  receiver: string;
  hour: string;
  firstAt: string;
  lastAt: string;
}

const FROM = '+14155550188';
const stranger = `AC${'f0'.repeat(16)}`;

let inbox: TestInbox | undefined;
beforeEach(async () => {
  await inbox?.stop();
  inbox = await startTestInbox({ PUBLIC_URL: 'https://mms.example.com' });
});
afterAll(() => inbox?.stop());

function running(): TestInbox {
  if (inbox === undefined) throw new Error('it is not started');
  return inbox;
}

async function listed(query = ''): Promise<Entry[]> {
  const { body } = await running().api('get', `/api/v1/refused-webhooks${query}`).expect(200);
  return body.items;
}

/** The list once as many webhooks are in it. */
const refused = (total: number) =>
  eventually(async () => {
    const items = await listed();
    expect(items.reduce((sum, { count }) => sum + count, 0)).toBe(total);
    return items;
  });

test('each cause has its words, and what Twilio has signed for another URL says what to set', async () => {
  const { twilio, url } = running();
  const message = twilio.createMessage({ from: FROM, body: 'private words', attachments: [] });
  const deliver = (options: object) =>
    twilio.deliver(message, { url: `${url}/twilio/incoming`, ...options });
  await deliver({ signedUrl: `${url}/twilio/incoming` });
  await deliver({ params: { AccountSid: stranger } });
  await deliver({ signature: 'missing' });
  await postForm(running(), `AccountSid=${ACCOUNT.sid}&Body=${'x'.repeat(65 * 1024)}`);
  await postJson(running(), 'no json');
  await fetch(`${url}/twilio/incoming`, {
    method: 'POST',
    body: 'text',
    headers: { ...signedFormHeaders(running(), ''), 'content-type': 'text/plain' },
  });
  const items = await refused(6);
  const of = (cause: string) => items.filter((item) => item.cause === cause);
  expect(of('unknown_account')).toMatchObject([{ status: 403, count: 1 }]);
  expect(of('signature_missing')).toMatchObject([{ status: 400, count: 1 }]);
  expect(of('too_large')).toMatchObject([{ status: 413, count: 1 }]);
  expect(of('malformed')).toMatchObject([{ status: 400, count: 1 }]);
  expect(of('wrong_type')).toMatchObject([{ status: 415, count: 1 }]);
  const [signed] = of('signed_differently');
  expect(signed).toMatchObject({ status: 403, count: 1 });
  expect(signed?.advice).toContain(
    `PUBLIC_URL says https://mms.example.com: set PUBLIC_URL=${url}`,
  );
  for (const { advice, receiver, hour, firstAt, lastAt } of items) {
    expect(advice).toMatch(/^[A-Z].*(\.|=\S+)$/);
    expect(receiver).toMatch(/:\d+$/);
    expect(hour <= firstAt && firstAt <= lastAt).toBe(true);
  }
  expect(items.map(({ lastAt }) => lastAt)).toEqual(
    items
      .map(({ lastAt }) => lastAt)
      .toSorted()
      .reverse(),
  );
  const text = JSON.stringify(items);
  for (const secret of [ACCOUNT.authToken, FROM.slice(1), 'private']) {
    expect(text).not.toContain(secret);
  }
  expect(await listed('?limit=2')).toHaveLength(2);
});

test('a flood of forged webhooks is counted, and does not push out what Twilio has signed', async () => {
  const { twilio, url } = running();
  const message = twilio.createMessage({ attachments: [] });
  const target = `${url}/twilio/incoming`;
  await twilio.deliver(message, { url: target, signedUrl: target });
  const forged = 60;
  await Promise.all(
    Array.from({ length: forged }, (_, index) =>
      twilio.deliver(message, {
        url: target,
        signature: 'wrong',
        params: { AccountSid: `AC${String(index).padStart(32, '0')}` },
      }),
    ),
  );
  const items = await refused(forged + 1);
  expect(items.filter(({ cause }) => cause === 'signed_differently')).toMatchObject([{ count: 1 }]);
  expect(items.length).toBeLessThanOrEqual(12);
});

test('what is counted survives a restart; the probes of doctor and other methods are not counted', async () => {
  const { twilio, url, restart } = running();
  const message = twilio.createMessage({ attachments: [] });
  const deliver = (options: object) =>
    twilio.deliver(message, { url: `${url}/twilio/incoming`, ...options });
  await deliver({ signature: 'wrong', params: { MessageSid: 'mms-inbox-doctor-forged' } });
  await deliver({
    signedUrl: 'https://mms.example.com/twilio/incoming',
    params: { MessageSid: 'mms-inbox-doctor' },
  });
  await fetch(`${url}/twilio/incoming`, { method: 'PUT' });
  await deliver({ signature: 'missing' });
  await restart();
  expect(await listed()).toMatchObject([{ cause: 'signature_missing', count: 1 }]);
});
