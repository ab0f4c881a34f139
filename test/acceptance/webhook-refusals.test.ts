import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { DeliverOptions } from '../../src/simulator/twilio-simulator.ts';
import { postForm, postJson, signedFormHeaders } from '../support/signed-request.ts';
import { ACCOUNT, OTHER_ACCOUNT, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const MAX_BODY_BYTES = 64 * 1024;
const FROM = '+14155550188';
const BODY = 'words that are nobody else’s business';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

afterEach(async () => {
  const { body } = await inbox.api('get', '/api/v1/messages').expect(200);
  expect(body.items, 'nothing that was refused is stored').toEqual([]);
  await inbox.api('get', '/healthz').expect(200);
});

const stranger = `AC${'f0'.repeat(16)}`;
const refusedSenders: [string, Partial<DeliverOptions>, number, string][] = [
  ['no signature', { signature: 'missing' }, 400, 'signature_missing'],
  ['no signature, by GET', { signature: 'missing', method: 'GET' }, 400, 'signature_missing'],
  ['a wrong signature', { signature: 'wrong' }, 403, 'signature_invalid'],
  ['a wrong signature, by GET', { signature: 'wrong', method: 'GET' }, 403, 'signature_invalid'],
  [
    'a wrong signature, as JSON',
    { signature: 'wrong', encoding: 'json' },
    403,
    'signature_invalid',
  ],
  ['an account nobody configured', { params: { AccountSid: stranger } }, 403, 'signature_invalid'],
  ['no account', { params: { AccountSid: '' } }, 403, 'signature_invalid'],
  ['a malformed account', { params: { AccountSid: 'AC123' } }, 403, 'signature_invalid'],
  [
    'the token of another configured account',
    { authToken: OTHER_ACCOUNT.authToken },
    403,
    'signature_invalid',
  ],
  [
    'the name of another configured account',
    { params: { AccountSid: OTHER_ACCOUNT.sid } },
    403,
    'signature_invalid',
  ],
  [
    'a first account of the caller’s own, a second that is configured',
    { params: { AccountSid: [stranger, ACCOUNT.sid] } },
    403,
    'signature_invalid',
  ],
  [
    'a signature over another path',
    { signedUrl: 'http://127.0.0.1/twilio/other' },
    403,
    'signature_invalid',
  ],
  [
    'a signature over another host',
    { signedUrl: 'https://mms.example.com/twilio/incoming' },
    403,
    'signature_invalid',
  ],
];

test.each(refusedSenders)('%s is refused', async (_name, options, status, code) => {
  const { answer } = await inbox.receive({ attachments: [] }, options);
  expect(answer.status).toBe(status);
  expect(answer.contentType).toMatch(/^application\/problem\+json/);
  expect(JSON.parse(answer.body)).toMatchObject({ status, code, detail: expect.any(String) });
});

test('a request without any AccountSid parameter is refused', async () => {
  const response = await postForm(inbox, 'Body=hello&From=%2B14155550188');
  expect(response.status).toBe(403);
});

test('a parameter changed or added after signing is refused', async () => {
  const signed = `AccountSid=${ACCOUNT.sid}&Body=hello`;
  for (const body of [signed.replace('hello', 'hullo'), `${signed}&NumMedia=1`]) {
    const headers = signedFormHeaders(inbox, signed);
    const response = await fetch(`${inbox.url}/twilio/incoming`, { method: 'POST', body, headers });
    expect(response.status).toBe(403);
  }
});

test.each(['POST', 'GET'] as const)(
  'a refused %s is logged with its account and URL, without secrets or personal data',
  async (method) => {
    const before = inbox.logLines.length;
    await inbox.receive(
      { from: FROM, body: BODY, attachments: [] },
      { method, signature: 'wrong' },
    );
    const lines = inbox.logLines.slice(before);
    const refusals = lines.map((line) => JSON.parse(line)).filter(({ msg }) => /refused/.test(msg));
    expect(refusals).toMatchObject([
      { level: 40, accountSid: ACCOUNT.sid, url: `${inbox.url}/twilio/incoming` },
    ]);
    const text = lines.join('');
    for (const secret of [ACCOUNT.authToken, FROM.slice(1), 'nobody', 'Signature":']) {
      expect(text).not.toContain(secret);
    }
  },
);

test('the log says what to set where the signature is of another URL; the answer stays 403', async () => {
  // The refusals before may have had the one diagnosis of this second, and all lines of this minute.
  await inbox.restart();
  const before = inbox.logLines.length;
  const signedUrl = `${inbox.url.replace('http:', 'https:')}/twilio/incoming`;
  const sent = await inbox.receive({ from: FROM, body: BODY, attachments: [] }, { signedUrl });
  expect(sent.answer.status).toBe(403);
  const lines = inbox.logLines.slice(before);
  const text = lines.find((line) => line.includes('set PUBLIC_URL=')) ?? '';
  expect(text).toContain(`signed for ${signedUrl}; PUBLIC_URL is not set`);
  expect(text).toContain(`set PUBLIC_URL=${signedUrl.replace('/twilio/incoming', '')}"`);
  for (const secret of [ACCOUNT.authToken, FROM.slice(1), 'nobody']) {
    expect(text).not.toContain(secret);
  }
});

test('a body of 64 KiB is read, one byte more is too large', async () => {
  const start = 'AccountSid=AC0&Body=';
  const fits = start + 'x'.repeat(MAX_BODY_BYTES - start.length);
  expect((await postForm(inbox, fits)).status, 'read, and refused for its account').toBe(403);
  const response = await postForm(inbox, `${fits}x`);
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ code: 'body_too_large' });
});

test('a body that is too large without saying so is cut off at the limit', async () => {
  const headers = signedFormHeaders(inbox, '');
  const chunk = new Uint8Array(8 * 1024).fill(120);
  const chunks = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let sent = 0; sent <= MAX_BODY_BYTES; sent += chunk.length) controller.enqueue(chunk);
      controller.close();
    },
  });
  const init = { method: 'POST', body: chunks, headers, duplex: 'half' };
  const response = await fetch(`${inbox.url}/twilio/incoming`, init as RequestInit);
  expect(response.status).toBe(413);
});

test.each([
  ['plain text', 'text/plain'],
  ['multipart', 'multipart/form-data; boundary=x'],
  ['XML', 'application/xml'],
  ['no content type', undefined],
])('%s is not a webhook', async (_name, contentType) => {
  const body = `AccountSid=${ACCOUNT.sid}`;
  const { 'content-type': _, ...others } = signedFormHeaders(inbox, body);
  const response = await fetch(`${inbox.url}/twilio/incoming`, {
    method: 'POST',
    body: Buffer.from(body),
    headers: contentType === undefined ? others : { ...others, 'content-type': contentType },
  });
  expect(response.status).toBe(415);
  expect(await response.json()).toMatchObject({ code: 'unsupported_media_type' });
});

test('a compressed body is refused, not unpacked', async () => {
  const headers = signedFormHeaders(inbox, '');
  const response = await fetch(`${inbox.url}/twilio/incoming`, {
    method: 'POST',
    body: gzipSync(`AccountSid=${ACCOUNT.sid}`),
    headers: { ...headers, 'content-encoding': 'gzip' },
  });
  expect(response.status).toBe(415);
});

test.each(['PUT', 'DELETE', 'PATCH'])('%s is not allowed', async (method) => {
  const response = await fetch(`${inbox.url}/twilio/incoming`, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET, HEAD, POST');
});

test('a body that does not arrive within ten seconds is 408, and the connection is closed', async () => {
  const original = globalThis.setTimeout;
  // The test does not wait for them: only this timer of the webhook is that long.
  const spy = vi
    .spyOn(globalThis, 'setTimeout')
    .mockImplementation(((callback: () => void, ms?: number) =>
      original(callback, ms === 10_000 ? 50 : ms)) as typeof setTimeout);
  onTestFinished(() => spy.mockRestore());
  const { hostname, port } = new URL(inbox.url);
  const socket = connect(Number(port), hostname);
  const headers = signedFormHeaders(inbox, '');
  socket.write(
    `POST /twilio/incoming HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: 100\r\n` +
      'Content-Type: application/x-www-form-urlencoded\r\n' +
      `X-Twilio-Signature: ${headers['x-twilio-signature']}\r\n\r\nBody=`,
  );
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 408 .*"code":"request_timeout"/s);
  expect(answer).toContain('within 10 s');
});

test.each(['{"AccountSid":', '[]', '"text"', '7', 'null', ''])(
  'JSON that is no object (%s) is refused',
  async (text) => {
    const response = await postJson(inbox, text);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_request' });
  },
);

test('JSON whose hash is missing or of another body is refused', async () => {
  const text = JSON.stringify({ AccountSid: ACCOUNT.sid, Body: 'hello' });
  expect((await postJson(inbox, text, '')).status).toBe(403);
  expect((await postJson(inbox, text, `?bodySHA256=${'0'.repeat(64)}`)).status).toBe(403);
  expect((await postJson(inbox, text, '?bodySHA256=')).status).toBe(403);
});
