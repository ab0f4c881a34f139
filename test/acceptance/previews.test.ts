import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { fixturePath, hasFfmpeg, receiveFixtures } from '../support/fixtures.ts';
import { rawBody } from '../support/raw-body.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox({ PATH: process.env.PATH ?? '' });
});
afterAll(() => inbox.stop());

const receive = (...names: string[]) => receiveFixtures(inbox, ...names);

const get = (media: MediaItem | undefined, part: string) =>
  inbox.api('get', `/api/v1/media/${media?.sid}/${part}`).buffer(true).parse(rawBody);

test('an MMS of everything that phones send shows something of each', async () => {
  const names = ['photo.heic', 'animated.gif', 'document.pdf', 'contact-30.vcf', 'event.ics'];
  const media = await receive(...names, 'note-latin1.txt', 'photo-24bit.bmp', 'archive.zip');
  expect(media.map(({ preview }) => preview?.kind)).toEqual([
    ...['image', 'animation', 'pdf', 'contact', 'calendar', 'text', 'image', 'card'],
  ]);
  for (const item of media) {
    expect(item).toMatchObject({ state: 'stored', reason: null, preview: { reason: null } });
    for (const size of ['small', 'medium', 'large'] as const) {
      const { body, headers } = await get(item, `thumbnail?size=${size}`).expect(200);
      const { format, width, height } = await sharp(body).metadata();
      expect(headers['content-type']).toBe(`image/${format}`);
      expect(item.preview?.sizes[size]).toEqual({ width, height, byteSize: body.length });
    }
    const poster = await get(item, 'poster').expect(200);
    expect(poster.body).toEqual((await get(item, 'thumbnail?size=large')).body);
    expect(poster.headers['cache-control']).toBe('private, no-cache');
  }
  expect(media[0]).toMatchObject({ width: 640, height: 480, contentType: 'image/heic' });
  expect(media[2]).toMatchObject({ width: null, height: null, details: { pages: 2 } });
  expect(media[3]?.details).toMatchObject({
    contacts: [{ name: 'Dr. Sigríður Anna Björnsdóttir' }],
  });
});

test('an animation moves in its animated thumbnail, nothing else has one', async () => {
  const [gif, pdf] = await receive('animated.gif', 'document.pdf');
  const { body, headers } = await get(gif, 'thumbnail?size=animated').expect(200);
  expect(headers['content-type']).toBe('image/webp');
  expect((await sharp(body, { animated: true }).metadata()).pages).toBeGreaterThan(5);
  const none = await inbox.api('get', `/api/v1/media/${pdf?.sid}/thumbnail?size=animated`);
  expect([none.status, none.body.code]).toEqual([404, 'no_preview']);
});

test('a poster and a thumbnail name what they do not understand', async () => {
  const [item] = await receive('photo.png');
  const wrong = { poster: 'poster?size=small', size: 'thumbnail?size=huge' };
  for (const part of Object.values(wrong)) {
    const { status, body } = await inbox.api('get', `/api/v1/media/${item?.sid}/${part}`);
    expect([status, body.errors[0].field]).toEqual([400, 'size']);
  }
});

test('a link shows the thumbnails, the animated one too', async () => {
  const [gif] = await receive('animated.gif');
  const { body } = await inbox.api('post', `/api/v1/media/${gif?.sid}/links`).expect(201);
  expect(Object.keys(body.thumbnails).sort()).toEqual(['animated', 'large', 'medium', 'small']);
  for (const url of Object.values(body.thumbnails)) {
    expect((await fetch(String(url))).status).toBe(200);
  }
});

test('facts are told once they are known, and forgotten with the media', async () => {
  const [photo] = await receive('photo.jpg');
  expect(photo?.details).toEqual({ takenAt: '2026-01-31T10:20:30', camera: 'Example Phone 7' });
  await inbox.api('delete', `/api/v1/media/${photo?.sid}`).expect(204);
  const { body } = await inbox.api('get', '/api/v1/media?state=deleted');
  expect(body.items[0]).toMatchObject({ sid: photo?.sid, details: null, preview: null });
});

test('readyz and the log tell what previews can be made', async () => {
  const { body } = await inbox.api('get', '/readyz').expect(200);
  const absent = hasFfmpeg() ? 'ok' : 'ffmpeg is not installed on the server';
  expect(body.previews).toEqual({
    decodersAreOffline: expect.any(Boolean),
    kinds: {
      image: 'ok',
      animation: 'ok',
      heic: 'ok',
      bitmap: 'ok',
      pdf: 'ok',
      contact: 'ok',
      icon: 'ok',
      calendar: 'ok',
      text: 'ok',
      video: absent,
      audio: absent,
      otherPicture: absent,
    },
  });
  const line = inbox.logLines.find((text) => text.includes('previews that can be made'));
  expect(JSON.parse(line ?? '').previews).toContain('heic');
});

describe('video and audio are served as players ask for them', () => {
  test.each([
    ['video.mp4', 'video/mp4'],
    ['video.webm', 'video/webm'],
    ['audio.mp3', 'audio/mpeg'],
    ['audio.ogg', 'audio/ogg'],
    ['audio.m4a', 'audio/x-m4a'],
  ])('%s: a range, inline, as %s', async (name, type) => {
    const [item] = await receive(name);
    const bytes = await readFile(fixturePath(name));
    const { body, headers } = await get(item, 'content').set('Range', 'bytes=100-199').expect(206);
    expect(body).toEqual(bytes.subarray(100, 200));
    expect(headers).toMatchObject({
      'content-type': type,
      'content-range': `bytes 100-199/${bytes.length}`,
      'content-disposition': 'inline',
      'x-content-type-options': 'nosniff',
    });
  });
});

test.each([
  ['drawing.svg', 'image/svg+xml'],
  ['page.html', 'text/html'],
  ['document.pdf', 'application/pdf'],
  ['contact-30.vcf', 'text/vcard'],
  ['photo.heic', 'image/heic'],
])('%s is a download, whatever it calls itself', async (name, declared) => {
  const bytes = await readFile(fixturePath(name));
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType: declared }] });
  const [item] = await inbox.mediaOf(message.sid, 'stored');
  const { headers } = await get(item, 'content').expect(200);
  expect(headers['content-disposition']).toMatch(/^attachment/);
  expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox");
});

test('texts that no database keeps and names that are invisible are no reason to wait for ever', async () => {
  const half = `BEGIN:VCARD\nFN:A${'\u200e'.repeat(798)}😀\nEND:VCARD\n`;
  const cut = `BEGIN:VCARD\nFN:${' '.repeat(3996)}abc😀\nEND:VCARD\n`;
  const invisible = 'BEGIN:VCARD\nFN:Ada Lovelace\nORG:\u200b\nEND:VCARD\n';
  const { message } = await inbox.receive({
    attachments: [half, cut, invisible].map((text) => ({
      bytes: Buffer.from(text),
      contentType: 'text/vcard',
    })),
  });
  const media = await inbox.mediaOf(message.sid, 'stored');
  expect(media.map(({ preview }) => preview?.kind)).toEqual(['contact', 'contact', 'contact']);
});

test('same bytes share a card, which tells nobody how another has called them', async () => {
  const bytes = await readFile(fixturePath('unknown.bin'));
  const upload = async (filename: string) => {
    const { body } = await inbox
      .api('post', '/api/v1/media')
      .attach('files', bytes, { filename })
      .expect(201);
    const [item] = await inbox.mediaOf(body.messageSid, 'stored');
    return (await get(item, 'thumbnail?size=large')).body;
  };
  const [first, second] = [await upload('a-long-name-of-somebody.bin'), await upload('b.bin')];
  expect(first).toEqual(second);
});
