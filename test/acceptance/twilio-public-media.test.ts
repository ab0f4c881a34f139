import { afterAll, beforeAll, expect, test } from 'vitest';
import { smallPicture } from '../support/small-picture.ts';
import {
  eventually,
  OTHER_ACCOUNT,
  startTestInbox,
  type TestInbox,
} from '../support/test-inbox.ts';
import { basic, callTwilioApi, messagesPath, OWN, readError } from '../support/twilio-request.ts';

// PUBLIC_MEDIA_URLS=true: the bytes need no credentials, as on Twilio's page of 2018.

let inbox: TestInbox;
let bytes: Buffer;
let list: string;
let media: string;
beforeAll(async () => {
  inbox = await startTestInbox({ PUBLIC_MEDIA_URLS: 'true' });
  bytes = await smallPicture(140);
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType: 'image/png' }] });
  await inbox.mediaOf(message.sid, 'stored');
  list = `${messagesPath()}/${message.sid}/Media`;
  media = `${list}/${message.media[0]?.sid}`;
});
afterAll(() => inbox.stop());

const call = (path: string, authorization: string | null = null, method = 'GET') =>
  callTwilioApi(inbox, path, authorization, method);

test.each([
  ['no', null],
  ['the own', OWN],
  ["another account's", basic(OTHER_ACCOUNT.sid, OTHER_ACCOUNT.authToken)],
  ['wrong', basic('a', 'b')],
])('the bytes come with %s credentials, to be embedded anywhere', async (_name, authorization) => {
  for (const path of [media, media.replace('/Messages/', '/Message/')]) {
    const response = await call(path, authorization);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(response.headers.get('cache-control')).toBe('private, no-cache');
    expect(bytes.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
  }
});

test('HEAD, ranges and conditional requests, too', async () => {
  const head = await call(media, null, 'HEAD');
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)]);
  const etag = String(head.headers.get('etag'));
  const part = await fetch(inbox.url + media, { headers: { range: 'bytes=0-3' } });
  expect(part.status).toBe(206);
  const same = await fetch(inbox.url + media, { headers: { 'if-none-match': etag } });
  expect(same.status).toBe(304);
});

test('everything else is 401 still', async () => {
  for (const path of [
    `${media}.json`,
    `${media}.xml`,
    list,
    `${list}.json`,
    `${list}.xml`,
    `${messagesPath()}.json`,
    messagesPath(),
    list.replace('/Media', '.json'),
    `${media}/`,
    `${media}.jpg`,
  ]) {
    const response = await call(path);
    expect([path, response.status]).toEqual([path, 401]);
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="Twilio API"');
    await readError(path, response);
  }
  for (const method of ['DELETE', 'POST', 'PUT', 'OPTIONS']) {
    for (const path of [media, `${media}.json`]) {
      expect((await call(path, null, method)).status).toBe(401);
    }
  }
  const content = `/api/v1/media/${media.slice(-34)}/content`;
  expect((await call(content)).status).toBe(401);
  expect((await call(media)).status).toBe(200);
});

test('what is not there is 404', async () => {
  const nothing = `${list}/ME${'0'.repeat(32)}`;
  expect((await readError(nothing, await call(nothing))).code).toBe(20404);
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType: 'image/png' }] });
  await inbox.mediaOf(message.sid, 'stored');
  const other = `${messagesPath()}/${message.sid}/Media/${message.media[0]?.sid}`;
  expect((await call(other)).status).toBe(200);
  expect((await call(other, OWN, 'DELETE')).status).toBe(204);
  expect((await readError(other, await call(other))).code).toBe(20404);
});

test('why bytes are not here is told to those alone who show credentials', async () => {
  const fault = { kind: 'redirect', location: 'https://evil.example/' } as const;
  const pending = { kind: 'status', status: 429, retryAfterSeconds: 30 } as const;
  const { message } = await inbox.receive({
    attachments: [fault, pending].map((each) => ({
      bytes,
      contentType: 'image/png',
      faults: [each],
    })),
  });
  const [failed, waiting] = message.media.map(({ sid }) => sid);
  const reasonOf = async (sid: string | undefined) =>
    (await inbox.api('get', `/api/v1/media/${sid}`)).body.reason;
  await eventually(async () => {
    expect(await reasonOf(failed)).toContain('evil.example');
    expect(await reasonOf(waiting)).toContain('429');
  });
  for (const [sid, words, isYetToCome] of [
    [failed, 'Not stored.', false],
    [waiting, 'Not stored yet.', true],
  ] as const) {
    const path = `${messagesPath()}/${message.sid}/Media/${sid}`;
    const response = await call(path);
    expect([response.status, response.headers.has('retry-after')]).toEqual([404, isYetToCome]);
    const error = await readError(path, response);
    expect(error.message).toBe(`The requested resource ${path} was not found (${words})`);
  }
  await inbox.api('delete', `/api/v1/media/${waiting}`).expect(204);
});

test('switched off, the same URL is 401', async () => {
  await inbox.restart({ PUBLIC_MEDIA_URLS: 'false' });
  expect((await call(media)).status).toBe(401);
  expect((await call(media, OWN)).headers.get('cross-origin-resource-policy')).toBe('same-origin');
  await inbox.restart();
});
