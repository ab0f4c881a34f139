import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { openHeif } from '../../src/preview/kinds/libheif.ts';
import { deleteMedia } from '../support/deletion-record.ts';
import { findBytes } from '../support/find-bytes.ts';
import { fixturePath, hasFfmpeg } from '../support/fixtures.ts';
import {
  findNeedles,
  gifWithMetadata,
  jpegWithMetadata,
  pngWithMetadata,
  SERIAL,
  webpWithMetadata,
  xmp,
} from '../support/metadata-files.ts';
import { movieWithMetadata } from '../support/movie-file.ts';
import { rawBody } from '../support/raw-body.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox({ PATH: process.env.PATH ?? '' });
});
afterAll(() => inbox.stop());

const fixture = (name: string) => readFile(fixturePath(name));

async function receive(bytes: Buffer, contentType = 'application/octet-stream') {
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType }] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  if (media === undefined) throw new Error('the message has no media');
  return media;
}

const pathOf = ({ sid }: MediaItem) => `/api/v1/media/${sid}/content?metadata=strip`;

const read = (media: MediaItem, headers: Record<string, string> = {}) =>
  inbox.api('get', pathOf(media)).set(headers).buffer(true).parse(rawBody);

async function fetched(url: string | null | undefined): Promise<{ status: number; body: Buffer }> {
  if (typeof url !== 'string') throw new Error('no link');
  const response = await fetch(url);
  return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
}

const photo = async (orientation = 1) =>
  jpegWithMetadata(
    await sharp(await fixture('photo.png'))
      .jpeg()
      .toBuffer(),
    orientation,
  );

const avif = async () =>
  sharp(await fixture('photo.png'))
    .resize(64)
    .withExif({ IFD0: { Make: SERIAL } })
    .withXmp(xmp().toString())
    .avif()
    .toBuffer();

const bySharp = (bytes: Buffer) => sharp(bytes, { animated: true }).raw().toBuffer();

async function byLibheif(bytes: Buffer): Promise<Buffer> {
  const primary = await openHeif(bytes);
  try {
    return Buffer.from(primary.decode().pixels);
  } finally {
    primary.close();
  }
}

describe('without metadata', () => {
  test.each<[string, () => Promise<Buffer>, (bytes: Buffer) => Promise<Buffer>]>([
    ['image/jpeg', photo, bySharp],
    ['image/png', async () => pngWithMetadata(await fixture('photo.png')), bySharp],
    [
      'image/webp',
      async () => webpWithMetadata(await fixture('photo.webp'), { width: 640, height: 480 }),
      bySharp,
    ],
    ['image/gif', async () => gifWithMetadata(await fixture('animated.gif')), bySharp],
    ['image/avif', avif, bySharp],
  ])('a picture of type %s looks exactly the same', async (contentType, make, pixelsOf) => {
    const original = await make();
    const media = await receive(original);
    expect(media.contentType).toBe(contentType);
    const { body, headers } = await read(media).expect(200);
    expect(findNeedles(original)).toBeGreaterThan(0);
    expect(findNeedles(body)).toBe(0);
    expect((await pixelsOf(body)).equals(await pixelsOf(original))).toBe(true);
    expect(headers['content-type']).toBe(contentType);
    expect(headers['content-length']).toBe(String(body.length));
    // What is stored is what came.
    const stored = await inbox
      .api('get', `/api/v1/media/${media.sid}/content`)
      .buffer(true)
      .parse(rawBody);
    expect(original.equals(stored.body)).toBe(true);
  });

  test('a HEIC of a phone does, too', async () => {
    const original = await fixture('photo.heic');
    const media = await receive(original);
    const { body } = await read(media).expect(200);
    expect(original.includes('Example Phone 8')).toBe(true);
    for (const text of ['Example', '2026:02:01']) expect(body.includes(text)).toBe(false);
    expect((await byLibheif(body)).equals(await byLibheif(original))).toBe(true);
  });

  test.each(['video.mp4', 'video.mov'])('%s has the same pictures and sound', async (name) => {
    const original = movieWithMetadata(await fixture(name));
    const media = await receive(original);
    const { body } = await read(media).expect(200);
    expect(findNeedles(original)).toBeGreaterThan(0);
    expect(findNeedles(body)).toBe(0);
    // The media data come first or last, and nothing moves: they are at the same place.
    const at = original.indexOf('mdat');
    const end = at - 4 + original.readUInt32BE(at - 4);
    expect(body.subarray(at, end).equals(original.subarray(at, end))).toBe(true);
  });

  test('a photo that is turned stays upright', async () => {
    const media = await receive(await photo(6));
    const { body } = await read(media).expect(200);
    expect((await sharp(body).metadata()).orientation).toBe(6);
    expect(findNeedles(body)).toBe(0);
  });

  test.each(['note-utf8.txt', 'contact-30.vcf', 'event.ics', 'audio.amr', 'photo-24bit.bmp'])(
    '%s, which has none, is what came',
    async (name) => {
      const original = await fixture(name);
      const media = await receive(original, 'text/plain');
      const { body, headers } = await read(media).expect(200);
      expect(original.equals(body)).toBe(true);
      expect(headers.etag).toBe(`"${media.sha256}"`);
    },
  );

  test('ranges and conditional requests have an ETag of their own', async () => {
    const media = await receive(await photo());
    const { body, headers } = await read(media).expect(200);
    const etag = String(headers.etag);
    expect(etag).toMatch(new RegExp(`^"${media.sha256}-stripped-\\d+"$`));
    const { length } = body;
    for (const [start, end] of [
      [0, 9],
      [15, 40],
      [length - 20, length - 1],
    ] as const) {
      const part = await read(media, { range: `bytes=${start}-${end}`, 'if-range': etag });
      expect([part.status, part.headers['content-range']]).toEqual([
        206,
        `bytes ${start}-${end}/${length}`,
      ]);
      expect(body.subarray(start, end + 1).equals(part.body)).toBe(true);
    }
    await read(media, { 'if-none-match': etag }).expect(304);
    await read(media, { 'if-none-match': `"${media.sha256}"` }).expect(200);
    // A download of the original is not continued with these bytes.
    await read(media, { range: 'bytes=5-', 'if-range': `"${media.sha256}"` }).expect(200);
    await read(media, { range: `bytes=${length}-` }).expect(416);
    const head = await inbox.api('head', pathOf(media)).expect(200);
    expect(head.headers['content-length']).toBe(String(length));
  });

  test('is not kept anywhere, and gone after a delete', async () => {
    const media = await receive(await photo(8));
    const { body } = await read(media).expect(200);
    expect(await findBytes(inbox.dataDir, body)).toEqual([]);
    await deleteMedia(inbox, media.sid);
    await read(media).expect(404);
  });
});

describe('metadata that cannot be removed', () => {
  test.each([
    ['photo.tiff', 'image/tiff', 'rendition?as=picture'],
    ['document.pdf', 'application/pdf', 'rendition?as=picture'],
    ['audio.ogg', 'audio/ogg', 'rendition?as=audio'],
    ['archive.zip', 'application/zip', '"stripMetadata": false'],
  ])('of %s are refused', async (name, contentType, instead) => {
    const media = await receive(await fixture(name));
    expect(media.contentType).toBe(contentType);
    const { body } = await inbox.api('get', pathOf(media)).expect(409);
    expect(body).toMatchObject({ status: 409, code: 'metadata_not_removable' });
    expect(body.detail).toContain(contentType);
    expect(body.detail).toContain(instead);
    const { body: links } = await inbox.api('post', `/api/v1/media/${media.sid}/links`).expect(201);
    expect(links.content).toBeNull();
    const { body: plain } = await inbox
      .api('post', `/api/v1/media/${media.sid}/links`)
      .send({ stripMetadata: false })
      .expect(201);
    expect((await fetched(plain.content)).status).toBe(200);
  });

  test('of a damaged file are refused with the reason', async () => {
    const whole = await photo();
    const media = await receive(whole.subarray(0, 2000));
    const { body, headers } = await inbox.api('get', pathOf(media)).expect(409);
    expect(body.code).toBe('metadata_not_removable');
    expect(body.detail).toContain('The structure of the JPEG is damaged at byte 2000.');
    expect(headers.etag).toBeUndefined();
  });

  test('only strip is a value of the parameter', async () => {
    const media = await receive(await photo());
    const path = `/api/v1/media/${media.sid}/content`;
    for (const query of ['metadata=keep', 'metadata=', 'metadata=strip&metadata=strip']) {
      await inbox.api('get', `${path}?${query}`).expect(400);
    }
  });
});

describe('links', () => {
  test('show no metadata, and cannot be changed into links that do', async () => {
    const original = await photo();
    const media = await receive(original);
    const { body: links } = await inbox.api('post', `/api/v1/media/${media.sid}/links`).expect(201);
    const { status, body } = await fetched(links.content);
    expect([status, findNeedles(body)]).toEqual([200, 0]);
    for (const changed of [
      links.content.replace('metadata=strip&', ''),
      links.content.replace('metadata=strip', 'metadata=keep'),
      links.content.replace('metadata=strip', 'metadata=strip&metadata=strip'),
    ]) {
      expect(changed).not.toBe(links.content);
      const refused = await fetched(changed);
      expect([refused.status, JSON.parse(String(refused.body)).code]).toEqual([
        403,
        'link_invalid',
      ]);
    }
  });

  test('to the original are made on request, and show nothing else', async () => {
    const original = await photo();
    const media = await receive(original);
    const { body: links } = await inbox
      .api('post', `/api/v1/media/${media.sid}/links`)
      .send({ stripMetadata: false })
      .expect(201);
    expect(original.equals((await fetched(links.content)).body)).toBe(true);
    expect((await fetched(`${links.content}&metadata=strip`)).status).toBe(403);
    await inbox
      .api('post', `/api/v1/media/${media.sid}/links`)
      .send({ stripMetadata: 'no' })
      .expect(400);
  });

  test('in lists and with one item show no metadata either', async () => {
    const media = await receive(await photo());
    const { body: item } = await inbox
      .api('get', `/api/v1/media/${media.sid}?links=true`)
      .expect(200);
    const { body: list } = await inbox.api('get', '/api/v1/media?links=true').expect(200);
    const listed = list.items.find(({ sid }: MediaItem) => sid === media.sid);
    for (const { links } of [item, listed]) {
      expect(findNeedles((await fetched(links.content)).body)).toBe(0);
    }
  });

  test('of a reveal show what came', async () => {
    const original = await photo();
    const media = await receive(original);
    const { body: links } = await inbox
      .api('post', `/api/v1/media/${media.sid}/reveal`)
      .send({ reason: 'to decide' })
      .expect(201);
    expect(original.equals((await fetched(links.content)).body)).toBe(true);
  });

  test.skipIf(!hasFfmpeg())(
    'of a video that plays as it came show no metadata as a rendition',
    async () => {
      const original = movieWithMetadata(await fixture('video.mp4'));
      const media = await receive(original);
      const { body: links } = await inbox
        .api('post', `/api/v1/media/${media.sid}/links`)
        .expect(201);
      const made = await eventually(async () => {
        const answer = await fetched(links.renditions.video);
        expect(answer.status).toBe(200);
        return answer.body;
      });
      expect(made.length).toBe(original.length);
      expect(findNeedles(made)).toBe(0);
      const changed = links.renditions.video.replace('metadata=strip&', '');
      expect((await fetched(changed)).status).toBe(403);
      const { body } = await inbox
        .api('get', `/api/v1/media/${media.sid}/rendition?as=video`)
        .buffer(true)
        .parse(rawBody);
      expect(original.equals(body)).toBe(true);
    },
  );

  test.skipIf(!hasFfmpeg())('of a video that is copied or converted show none either', async () => {
    // QuickTime with H.264 is copied, H.263 is encoded anew.
    for (const name of ['video.mov', 'video.3gp']) {
      const media = await receive(movieWithMetadata(await fixture(name)));
      const { body: links } = await inbox
        .api('post', `/api/v1/media/${media.sid}/links`)
        .expect(201);
      const made = await eventually(async () => {
        const answer = await fetched(links.renditions.video);
        expect(answer.status).toBe(200);
        return answer.body;
      });
      expect([name, findNeedles(made)]).toEqual([name, 0]);
    }
  });

  test.skipIf(!hasFfmpeg())('of a WebM have no content, and its rendition is refused', async () => {
    const media = await receive(await fixture('video.webm'));
    const { body: links } = await inbox.api('post', `/api/v1/media/${media.sid}/links`).expect(201);
    expect(links.content).toBeNull();
    await eventually(async () => {
      const { status, body } = await fetched(links.renditions.video);
      expect([status, JSON.parse(String(body)).code]).toEqual([409, 'metadata_not_removable']);
    });
  });

  test('show the original with LINKS_STRIP_METADATA=false, unless asked otherwise', async () => {
    const original = await photo();
    const media = await receive(original);
    const before = await inbox.api('post', `/api/v1/media/${media.sid}/links`).expect(201);
    await inbox.restart({ LINKS_STRIP_METADATA: 'false', PORT: new URL(inbox.url).port });
    // A link stays what it was made for.
    expect(findNeedles((await fetched(before.body.content)).body)).toBe(0);
    const { body: plain } = await inbox.api('post', `/api/v1/media/${media.sid}/links`).expect(201);
    expect(original.equals((await fetched(plain.content)).body)).toBe(true);
    const { body: item } = await inbox
      .api('get', `/api/v1/media/${media.sid}?links=true`)
      .expect(200);
    expect(original.equals((await fetched(item.links.content)).body)).toBe(true);
    const { body: stripping } = await inbox
      .api('post', `/api/v1/media/${media.sid}/links`)
      .send({ stripMetadata: true })
      .expect(201);
    expect(findNeedles((await fetched(stripping.content)).body)).toBe(0);
    await inbox.restart();
  });
});
