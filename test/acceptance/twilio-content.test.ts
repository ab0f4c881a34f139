import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseXml } from '../../src/simulator/webhook/deliver-webhook.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { messagesPath, OWN } from '../support/twilio-request.ts';

// The representation without an extension: the bytes.

let inbox: TestInbox;
let bytes: Buffer;
let list: string;
let media: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  bytes = await smallPicture(90, 'jpeg', 100);
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType: 'image/jpeg' }] });
  await inbox.mediaOf(message.sid, 'stored');
  list = `${messagesPath()}/${message.sid}/Media`;
  media = `${list}/${message.media[0]?.sid}`;
});
afterAll(() => inbox.stop());

function call(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return fetch(inbox.url + path, { method, headers: { authorization: OWN, ...headers } });
}

const body = async (response: Response) => Buffer.from(await response.arrayBuffer());

test('the bytes come as they are, in their own type', async () => {
  const response = await call(media);
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'image/jpeg',
    'content-length': String(bytes.length),
    'accept-ranges': 'bytes',
    etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
    'cache-control': 'private, no-cache',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
  expect(bytes.equals(await body(response))).toBe(true);
});

test.each([
  ['bytes=0-9', 0, 10],
  ['bytes=100-', 100, undefined],
  ['bytes=-20', -20, undefined],
])('Range %s gives a part', async (range, start, end) => {
  const response = await call(media, { range });
  expect(response.status).toBe(206);
  expect(response.headers.get('content-range')).toContain(`/${bytes.length}`);
  expect(bytes.subarray(start, end).equals(await body(response))).toBe(true);
});

test('a range beyond the end is 416, as Twilio writes errors', async () => {
  const response = await call(media, { range: 'bytes=99999999-' });
  expect(response.status).toBe(416);
  expect(response.headers.get('content-range')).toBe(`bytes */${bytes.length}`);
  expect(response.headers.get('content-type')).toBe('application/xml; charset=utf-8');
  expect(parseXml(await response.text()).children[0]?.children[0]?.text).toBe('20001');
});

test('If-None-Match with its ETag is 304, If-Range decides about a part', async () => {
  const first = await call(media);
  const etag = String(first.headers.get('etag'));
  await first.arrayBuffer();
  const same = await call(media, { 'if-none-match': etag });
  expect([same.status, await same.text()]).toEqual([304, '']);
  expect((await call(media, { 'if-none-match': '"other"' })).status).toBe(200);
  const range = 'bytes=0-9';
  expect((await call(media, { range, 'if-range': etag })).status).toBe(206);
  expect((await call(media, { range, 'if-range': '"other"' })).status).toBe(200);
});

test('HEAD tells the same, and sends nothing', async () => {
  const [head, get] = await Promise.all([call(media, {}, 'HEAD'), call(media)]);
  expect(head.status).toBe(200);
  expect(await head.text()).toBe('');
  for (const name of ['content-type', 'content-length', 'etag', 'accept-ranges']) {
    expect(head.headers.get(name)).toBe(get.headers.get(name));
  }
  await get.arrayBuffer();
  for (const target of [`${media}.json`, `${list}.json`]) {
    const response = await call(target, {}, 'HEAD');
    expect([response.status, await response.text()]).toEqual([200, '']);
  }
});

test('a type that a browser could run is a download', async () => {
  const html = Buffer.from('<!doctype html><script>alert(1)</script>');
  const { message } = await inbox.receive({
    attachments: [{ bytes: html, contentType: 'text/html' }],
  });
  const [page] = await inbox.mediaOf(message.sid, 'stored');
  const response = await call(`${messagesPath()}/${message.sid}/Media/${page?.sid}`);
  expect(response.headers.get('content-disposition')).toContain('attachment');
  expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  expect(html.equals(await body(response))).toBe(true);
});

test('who hangs up in the middle leaves nothing behind', async () => {
  const large = Buffer.alloc(8_000_000, 'x');
  const { message } = await inbox.receive({
    attachments: [{ bytes: large, contentType: 'text/plain' }],
  });
  const [stored] = await inbox.mediaOf(message.sid, 'stored');
  const path = `${messagesPath()}/${message.sid}/Media/${stored?.sid}`;
  for (let n = 0; n < 20; n += 1) {
    const hangUp = new AbortController();
    const response = await fetch(inbox.url + path, {
      headers: { authorization: OWN },
      signal: hangUp.signal,
    });
    const reader = response.body?.getReader();
    await reader?.read();
    hangUp.abort();
  }
  const whole = Buffer.from(await (await call(path)).arrayBuffer());
  expect(whole.equals(large)).toBe(true);
  expect(inbox.logLines.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
});

test('a delete during a download lets it end, and is final for the next', async () => {
  const large = Buffer.alloc(8_000_000, 'y');
  const { message } = await inbox.receive({
    attachments: [{ bytes: large, contentType: 'text/plain' }],
  });
  const [stored] = await inbox.mediaOf(message.sid, 'stored');
  const path = `${messagesPath()}/${message.sid}/Media/${stored?.sid}`;
  const download = await call(path);
  expect((await call(path, {}, 'DELETE')).status).toBe(204);
  expect(Buffer.from(await download.arrayBuffer()).equals(large)).toBe(true);
  expect((await call(path)).status).toBe(404);
});

test('thirty at once get their own bytes', async () => {
  const attachments = await Promise.all(
    Array.from({ length: 10 }, async (_, n) => ({
      bytes: await smallPicture(200 + n, 'png', 64),
      contentType: 'image/png',
    })),
  );
  const { message } = await inbox.receive({ attachments });
  const stored = await inbox.mediaOf(message.sid, 'stored');
  await Promise.all(
    [...stored, ...stored, ...stored].map(async ({ sid, index }) => {
      const response = await call(`${messagesPath()}/${message.sid}/Media/${sid}`);
      const expected = attachments[index]?.bytes;
      expect(Buffer.from(await response.arrayBuffer())).toEqual(expected);
    }),
  );
});

test('requests in one go over one connection are answered in their order', async () => {
  const files = ['1', '2', '3'].map((text) => Buffer.alloc(2_000_000, text));
  const { message } = await inbox.receive({
    attachments: files.map((file) => ({ bytes: file, contentType: 'text/plain' })),
  });
  const stored = await inbox.mediaOf(message.sid, 'stored');
  const { hostname, port } = new URL(inbox.url);
  const socket = connect(Number(port), hostname);
  for (const [n, { sid }] of stored.entries()) {
    const connection = n === stored.length - 1 ? 'close' : 'keep-alive';
    socket.write(
      `GET ${messagesPath()}/${message.sid}/Media/${sid} HTTP/1.1\r\nHost: x\r\n` +
        `Authorization: ${OWN}\r\nConnection: ${connection}\r\n\r\n`,
    );
  }
  const answers = await text(socket);
  const bodies = answers.split(/HTTP\/1\.1 200 OK\r\n.*?\r\n\r\n/s).slice(1);
  expect(bodies.map((body) => [body.length, body[0], body.at(-1)])).toEqual(
    ['1', '2', '3'].map((letter) => [2_000_000, letter, letter]),
  );
});
