import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { rawBody } from '../support/raw-body.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let bytes: Buffer;
let picture: MediaItem;
beforeAll(async () => {
  inbox = await startTestInbox();
  bytes = await smallPicture(40, 'jpeg', 600);
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType: 'image/jpeg' }] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  if (media === undefined) throw new Error('the message has no media');
  picture = media;
});
afterAll(() => inbox.stop());

const content = (headers: Record<string, string> = {}, method: 'get' | 'head' = 'get') =>
  inbox
    .api(method, `/api/v1/media/${picture.sid}/content`)
    .set(headers)
    .buffer(true)
    .parse(rawBody);
const thumbnail = (size: string, headers: Record<string, string> = {}) =>
  inbox
    .api('get', `/api/v1/media/${picture.sid}/thumbnail?size=${size}`)
    .set(headers)
    .buffer(true)
    .parse(rawBody);

describe('content', () => {
  test('is the bytes as they came, under their hash', async () => {
    const { body, headers } = await content().expect(200);
    expect(Buffer.compare(body, bytes)).toBe(0);
    expect(createHash('sha256').update(body).digest('hex')).toBe(picture.sha256);
    expect(headers).toMatchObject({
      etag: `"${picture.sha256}"`,
      'content-type': 'image/jpeg',
      'content-length': String(bytes.length),
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
    });
  });

  const last = () => bytes.length - 1;
  test.each<[string, () => string, () => [number, number]]>([
    ['the first bytes', () => 'bytes=0-9', () => [0, 9]],
    ['one byte', () => 'bytes=5-5', () => [5, 5]],
    ['some in the middle', () => 'bytes=100-299', () => [100, 299]],
    ['from the middle on', () => 'bytes=300-', () => [300, last()]],
    ['the last bytes', () => 'bytes=-20', () => [last() - 19, last()]],
    ['more than there are', () => `bytes=10-${bytes.length + 500}`, () => [10, last()]],
    ['a suffix longer than all', () => `bytes=-${bytes.length + 500}`, () => [0, last()]],
  ])('Range: %s', async (_name, range, expected) => {
    const [start, end] = expected();
    const { body, headers } = await content({ range: range() }).expect(206);
    expect(Buffer.compare(body, bytes.subarray(start, end + 1))).toBe(0);
    expect(headers['content-range']).toBe(`bytes ${start}-${end}/${bytes.length}`);
    expect(headers['content-length']).toBe(String(end - start + 1));
  });

  test.each(['bytes=999999-', 'bytes=-0'])('Range %s cannot be satisfied', async (range) => {
    const { headers, body } = await content({ range }).expect(416);
    expect(headers['content-range']).toBe(`bytes */${bytes.length}`);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(JSON.parse(String(body))).toMatchObject({ code: 'range_not_satisfiable' });
  });

  test.each(['bytes=a-b', 'items=0-5', 'bytes', 'bytes=-', 'bytes=9-5', 'bytes=0-1,10-11'])(
    'Range %s is answered with the whole',
    async (range) => {
      const { body } = await content({ range }).expect(200);
      expect(body.length).toBe(bytes.length);
    },
  );

  test('If-None-Match with its ETag is answered 304, without a body', async () => {
    const etag = `"${picture.sha256}"`;
    for (const value of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const { body, headers } = await content({ 'if-none-match': value }).expect(304);
      expect(String(body)).toBe('');
      expect(headers.etag).toBe(etag);
    }
    await content({ 'if-none-match': etag, range: 'bytes=0-9' }).expect(304);
    await content({ 'if-none-match': '"other"' }).expect(200);
  });

  test('If-Range gives a part of the same bytes, or the whole of other ones', async () => {
    const range = 'bytes=0-9';
    await content({ range, 'if-range': `"${picture.sha256}"` }).expect(206);
    await content({ range, 'if-range': '"other"' }).expect(200);
    await content({ range, 'if-range': `W/"${picture.sha256}"` }).expect(200);
    await content({ range, 'if-range': new Date().toUTCString() }).expect(200);
  });

  test('HEAD tells the same of the whole, and sends no bytes', async () => {
    for (const headers of [{}, { range: 'bytes=0-9' }]) {
      const answer = await content(headers, 'head').expect(200);
      expect(answer.headers['content-length']).toBe(String(bytes.length));
      expect(answer.headers.etag).toBe(`"${picture.sha256}"`);
    }
  });
});

describe('thumbnail', () => {
  test.each([
    ['small', 160],
    ['medium', 480],
    ['large', 600],
  ] as const)(
    '%s has %i pixels and may be kept, but is asked for each time',
    async (size, side) => {
      const { body, headers } = await thumbnail(size).expect(200);
      const info = await sharp(body).metadata();
      expect([info.format, info.width, info.height]).toEqual(['jpeg', side, side]);
      expect(headers).toMatchObject({
        'content-type': 'image/jpeg',
        'cache-control': 'private, no-cache',
        'x-content-type-options': 'nosniff',
        'content-length': String(body.length),
      });
      expect(picture.preview?.sizes[size]).toEqual({
        width: side,
        height: side,
        byteSize: body.length,
      });
      await thumbnail(size, { 'if-none-match': String(headers.etag) }).expect(304);
    },
  );

  test('without a size it is the medium one; each size has its own ETag', async () => {
    const path = `/api/v1/media/${picture.sid}/thumbnail`;
    const plain = await inbox.api('get', path).expect(200);
    const etags = await Promise.all(
      ['small', 'medium', 'large'].map(async (size) => (await thumbnail(size)).headers.etag),
    );
    expect(new Set(etags).size).toBe(3);
    expect(plain.headers.etag).toBe(etags[1]);
  });
});

test('what is not here yet says why and when to ask again', async () => {
  const attachment = {
    bytes: await smallPicture(41),
    contentType: 'image/png',
    faults: [{ kind: 'status' as const, status: 429, retryAfterSeconds: 30, times: 1 }],
  };
  const { message } = await inbox.receive({ attachments: [attachment] });
  const sid = message.media[0]?.sid;
  await eventually(async () => {
    const { body } = await inbox.api('get', `/api/v1/media/${sid}`).expect(200);
    expect(body.attempts).toBe(1);
  });
  for (const part of ['content', 'thumbnail']) {
    const { body, headers } = await inbox.api('get', `/api/v1/media/${sid}/${part}`).expect(404);
    expect(body).toMatchObject({
      code: 'media_not_stored',
      detail: 'Not stored yet: Twilio answered 429: too many requests',
    });
    expect(Number(headers['retry-after'])).toBeGreaterThan(20);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(30);
    expect(headers['cache-control']).toBe('no-store');
  }
  await inbox.api('delete', `/api/v1/media/${sid}`).expect(204);
});

test('what failed for good says why, and not to ask again', async () => {
  const faults = [{ kind: 'redirect' as const, location: 'https://evil.example/' }];
  const attachment = { bytes: bytes.subarray(0, 9), contentType: 'image/png', faults };
  const { message } = await inbox.receive({ attachments: [attachment] });
  const [media] = await inbox.mediaOf(message.sid, 'failed');
  for (const part of ['content', 'thumbnail']) {
    const { body, headers } = await inbox
      .api('get', `/api/v1/media/${media?.sid}/${part}`)
      .expect(404);
    expect(body.detail).toContain('evil.example is not among the hosts');
    expect(headers['retry-after']).toBeUndefined();
  }
});
