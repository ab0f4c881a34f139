import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DeliverOptions } from '../../src/simulator/twilio-simulator.ts';
import { postForm, signedFormHeaders } from '../support/signed-request.ts';
import { ACCOUNT, OTHER_ACCOUNT, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const SECOND_TOKEN = 'second-token-of-the-main-account';
const NOTE = { bytes: Buffer.from('a short note'), contentType: 'text/plain' };

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox({
    TWILIO_AUTH_TOKENS: [
      `${OTHER_ACCOUNT.sid}:${OTHER_ACCOUNT.authToken}`,
      `${ACCOUNT.sid}:${SECOND_TOKEN}`,
    ].join(','),
  });
});
afterAll(() => inbox.stop());

test.each<[string, Partial<DeliverOptions>]>([
  ['a form that is posted', {}],
  ['a GET with everything in its query', { method: 'GET' }],
  ['JSON with the hash of its body', { encoding: 'json' }],
  ['a request signed with the account’s second token', { authToken: SECOND_TOKEN }],
])('%s is answered with empty TwiML and its attachment fetched', async (_name, options) => {
  const body = 'two & two = 4; 100 % + “quotes”';
  const { message, answer } = await inbox.receive({ body, attachments: [NOTE] }, options);
  expect(answer).toMatchObject({ status: 200, errorCode: null, replies: [] });
  expect(answer.contentType).toMatch(/^text\/xml\b/);
  expect(answer.body).toBe('<?xml version="1.0" encoding="UTF-8"?><Response/>');
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  expect(media).toMatchObject({ body, sha256: message.media[0]?.sha256, state: 'stored' });
});

test.each([
  ['CJK characters', '漢'.repeat(4096)],
  ['emoji of four bytes', '🌄'.repeat(4096)],
])(
  '4,096 %s and ten attachments are one webhook, and nothing of them is cut',
  async (_name, body) => {
    const attachments = Array.from({ length: 10 }, () => NOTE);
    const { message, answer } = await inbox.receive({
      from: 'whatsapp:+14155550777',
      body,
      attachments,
    });
    expect(answer.status).toBe(200);
    expect(new URLSearchParams(message.params).toString().length).toBeGreaterThan(32 * 1024);
    expect(await inbox.mediaOf(message.sid, 'stored')).toHaveLength(10);
    const stored = await inbox.api('get', `/api/v1/messages/${message.sid}`).expect(200);
    expect(stored.body.body).toBe(body);
  },
);

test('a subaccount’s message is verified and fetched with the subaccount’s token', async () => {
  const message = inbox.twilio.createMessage({
    accountSid: OTHER_ACCOUNT.sid,
    attachments: [NOTE],
  });
  const url = `${inbox.url}/twilio/incoming`;
  expect(await inbox.twilio.deliver(message, { url })).toMatchObject({ status: 200 });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  expect(media?.accountSid).toBe(OTHER_ACCOUNT.sid);
});

test('a message without attachments is kept too', async () => {
  const { message, answer } = await inbox.receive({ body: 'only words', attachments: [] });
  expect(answer.status).toBe(200);
  const { body } = await inbox.api('get', `/api/v1/messages/${message.sid}`).expect(200);
  expect(body).toEqual({
    sid: message.sid,
    accountSid: ACCOUNT.sid,
    from: '+14155550123',
    to: '+14155550100',
    body: 'only words',
    location: null,
    details: {},
    source: 'webhook',
    moderation: 'visible',
    decision: null,
    receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    deletedAt: null,
    suspect: null,
    media: [],
  });
});

test.each([
  ['an empty body', { body: '' }],
  ['emoji', { body: '👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301' }],
  ['writing from right to left', { body: 'שלום עולם, مرحبا \u202e\u2066' }],
  ['line breaks and tabs', { body: 'one\r\ntwo\n\tthree ' }],
  ['markup', { body: '<script>alert(1)</script> & co' }],
  ['a WhatsApp sender', { from: 'whatsapp:+4915112345678', to: 'whatsapp:+14155550100' }],
  ['a short code', { from: '12345', to: '98765' }],
  ['a sender with a name', { from: 'ACME GmbH – Zürich' }],
])('%s arrives unchanged', async (_name, input) => {
  const { message, answer } = await inbox.receive({ attachments: [NOTE], ...input });
  expect(answer.status).toBe(200);
  const kept = await inbox.api('get', `/api/v1/messages/${message.sid}`).expect(200);
  expect(kept.body).toMatchObject(input);
  const media = await inbox.api('get', `/api/v1/media/${message.media[0]?.sid}`).expect(200);
  expect(media.body).toMatchObject(input);
});

test('parameters nobody has heard of are no reason to refuse', async () => {
  const params = { NewFeature: 'yes', Geo_Lat: '1.5', ChannelMetadata: '{"type":"rcs"}' };
  const { message, answer } = await inbox.receive({ attachments: [NOTE] }, { params });
  expect(answer.status).toBe(200);
  await inbox.mediaOf(message.sid, 'stored');
});

test('a query in the webhook’s URL is part of what is signed', async () => {
  const url = `${inbox.url}/twilio/incoming?tenant=a%20b&flag`;
  const { message, answer } = await inbox.receive({ attachments: [] }, { url });
  expect(answer.status).toBe(200);
  await inbox.api('get', `/api/v1/messages/${message.sid}`).expect(200);
});

describe('with REPLY_TEXT', () => {
  const text = 'Thanks <friend> & "co" – it’s here ✓';
  beforeAll(() => inbox.restart({ REPLY_TEXT: text }));

  test('the sender gets that text back, whatever characters it has', async () => {
    const { answer } = await inbox.receive({ attachments: [] });
    expect(answer).toMatchObject({ status: 200, errorCode: null, replies: [text] });
    expect(answer.body).toContain('&lt;friend&gt; &amp; ');
  });

  test('a duplicate is answered the same way', async () => {
    const { message } = await inbox.receive({ attachments: [] });
    const again = await inbox.twilio.deliver(message, { url: `${inbox.url}/twilio/incoming` });
    expect(again).toMatchObject({ status: 200, replies: [text] });
  });
});

describe('with PUBLIC_URL behind a proxy that takes a path prefix away', () => {
  const publicUrl = 'https://mms.example.com/hooks/a';
  beforeAll(() => inbox.restart({ PUBLIC_URL: `${publicUrl}/` }));

  test.each<[string, Partial<DeliverOptions>, string]>([
    ['POST', {}, ''],
    ['POST with a query', {}, '?x=1&y=%C3%BC'],
    ['GET', { method: 'GET' }, ''],
    ['JSON', { encoding: 'json' }, ''],
  ])('%s is checked against the public URL', async (_name, options, query) => {
    const path = `/twilio/incoming${query}`;
    const { answer } = await inbox.receive(
      { attachments: [] },
      { ...options, url: inbox.url + path, signedUrl: publicUrl + path },
    );
    expect(answer.status).toBe(200);
  });

  test('the port that Twilio may or may not sign makes no difference', async () => {
    const signedUrl = 'https://mms.example.com:443/hooks/a/twilio/incoming';
    const { answer } = await inbox.receive({ attachments: [] }, { signedUrl });
    expect(answer.status).toBe(200);
  });

  test('a signature over the address behind the proxy is refused', async () => {
    const { answer } = await inbox.receive({ attachments: [] });
    expect(answer.status).toBe(403);
  });

  test('a forwarded host does not replace the public URL', async () => {
    const answer = await deliverForwarded('https://evil.example', { host: 'evil.example' });
    expect(answer.status).toBe(403);
  });
});

describe('without PUBLIC_URL, behind a proxy that is trusted', () => {
  beforeAll(() => inbox.restart({ TRUST_PROXY: '1' }));

  test('the URL is what the proxy says it was', async () => {
    const answer = await deliverForwarded('https://mms.example.com:8443', {
      host: 'mms.example.com:8443',
    });
    expect(answer.status).toBe(200);
  });

  test('a host that is no host is refused, not an error', async () => {
    const answer = await deliverForwarded('https://mms.example.com', { host: 'a b:c:d' });
    expect(answer.status).toBe(403);
  });
});

describe('without PUBLIC_URL and without a trusted proxy', () => {
  beforeAll(() => inbox.restart());

  test('what a stranger says was forwarded counts for nothing', async () => {
    const answer = await deliverForwarded('https://mms.example.com', { host: 'mms.example.com' });
    expect(answer.status).toBe(403);
    expect((await postForm(inbox, `AccountSid=${ACCOUNT.sid}`)).status).toBe(200);
  });
});

/** Sends a webhook that was signed for `origin`, as a proxy would pass it on. */
async function deliverForwarded(origin: string, { host }: { host: string }): Promise<Response> {
  const body = `AccountSid=${ACCOUNT.sid}&MessageSid=SM${'0'.repeat(32)}`;
  const headers = signedFormHeaders({ url: origin }, body);
  return fetch(`${inbox.url}/twilio/incoming`, {
    method: 'POST',
    body,
    headers: { ...headers, 'x-forwarded-proto': 'https', 'x-forwarded-host': host },
  });
}
