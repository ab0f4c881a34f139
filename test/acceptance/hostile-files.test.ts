import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import * as hostile from '../support/hostile-files.ts';
import {
  cornerColours,
  decodeThumbnails,
  expectUnharmed,
  importHostile,
  importOneHostile,
} from '../support/hostile-import.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const MIB = 1024 ** 2;
const UNKNOWN = 'application/octet-stream';
// Where the inbox looks for ffmpeg: where whoever runs the tests has it.
const toolPath = process.env.PATH ?? '';

vi.setConfig({ testTimeout: 70_000 });
let inbox: TestInbox;
let hasFfmpeg: boolean;
beforeAll(async () => {
  inbox = await startTestInbox({ PATH: toolPath });
  const { body } = await inbox.api('get', '/readyz').expect(200);
  hasFfmpeg = body.previews.kinds.video === 'ok';
});
afterAll(() => inbox.stop());

const fixture = (name: string) => readFile(new URL(`../fixtures/${name}`, import.meta.url));

function expectShown(media: MediaItem, kind: string): void {
  const needsFfmpeg = kind === 'video' || kind === 'audio';
  if (!needsFfmpeg || hasFfmpeg) expect(media.preview).toMatchObject({ kind, reason: null });
  else {
    expect(media.preview?.kind).toBe('card');
    expect(media.preview?.reason).toMatch(/^ff(mpeg|probe) is not installed on the server$/);
  }
}

/** Damaged bytes are told from a type of which there are no previews, and from our own paths. */
function expectCard({ contentType, preview }: MediaItem): void {
  expect(preview?.kind).toBe('card');
  expect(preview?.reason ?? '').not.toMatch(/[/\\]|incoming|blobs/);
  // Too damaged to be known for anything is unknown, like noise.
  if (contentType !== UNKNOWN) expect(preview?.reason).toMatch(/damaged|read|decoded|installed/);
}

test.each([
  ['photo.jpg', 'image'],
  ['photo.png', 'image'],
  ['photo.gif', 'image'],
  ['animated.gif', 'animation'],
  ['photo.webp', 'card'],
  ['animated.webp', 'card'],
  ['photo.avif', 'card'],
  ['photo.tiff', 'image'],
  ['photo-24bit.bmp', 'image'],
  ['photo.heic', 'card'],
  ['video.mp4', 'card'],
  ['video.3gp', 'card'],
  ['video.webm', 'video'],
  ['audio.mp3', 'audio'],
  ['audio.amr', 'audio'],
  ['audio.wav', 'audio'],
  ['document.pdf', 'card'],
  ['contact-30.vcf', 'contact'],
  ['event.ics', 'calendar'],
  ['note-utf16le.txt', 'text'],
])('%s cut at every tenth is shown as %s at best', async (name, beginning) => {
  const pieces = hostile.truncations(await fixture(name));
  const type = 'application/octet-stream';
  const media = await importHostile(
    inbox,
    pieces.map((bytes) => ({ bytes, name, type })),
  );
  for (const item of media) {
    const { kind, reason = null } = item.preview ?? {};
    if (kind === 'card') expectCard(item);
    else if (kind === 'image' && reason !== null) {
      const partial = ['image', expect.stringMatching(/only a part/)];
      expect([beginning, reason]).toEqual(partial);
    } else expectShown(item, beginning);
  }
});

const disguised: [string, string, string, string, string][] = [
  ['photo.png', 'clip.mp4', 'video/mp4', 'image/png', 'image'],
  ['video.mp4', 'photo.jpg', 'image/jpeg', 'video/mp4', 'video'],
  ['document.pdf', 'photo.png', 'image/png', 'application/pdf', 'pdf'],
  ['photo.heic', 'photo.jpg', 'image/jpeg', 'image/heic', 'image'],
  ['photo.jpg', 'ana.vcf', 'text/vcard', 'image/jpeg', 'image'],
  ['contact-30.vcf', 'photo.gif', 'image/gif', 'text/vcard', 'contact'],
  ['audio.mp3', 'page.html', 'text/html', 'audio/mpeg', 'audio'],
  ['animated.gif', 'tone.wav', 'audio/wav', 'image/gif', 'animation'],
  ['archive.zip', 'photo.webp', 'image/webp', 'application/zip', 'card'],
  ['note-utf8.txt', 'clip.3gp', 'video/3gpp', UNKNOWN, 'text'],
  ['unknown.bin', 'document.pdf', 'application/pdf', UNKNOWN, 'card'],
];

test.each(disguised)('%s that calls itself %s, %s, is previewed as what it is', async (...row) => {
  const [file, name, type, contentType, kind] = row;
  const media = await importOneHostile(inbox, { bytes: await fixture(file), name, type });
  expect(media).toMatchObject({ contentType, declaredContentType: type, fileName: name });
  expectShown(media, kind);
});

test.each([
  ['a GIF that is a script', hostile.gifWithScript(), 'text/javascript', 'image/gif', 'image'],
  ['a PDF that is an archive', hostile.pdfWithZip(), 'text/html', 'application/pdf', 'pdf'],
  [
    'a JPEG with HTML in it',
    hostile.jpegWithHtml(await fixture('photo.jpg')),
    ...['text/html', 'image/jpeg', 'image'],
  ],
] as [string, Buffer, string, string, string][])(
  '%s is the picture or the document',
  async (...row) => {
    const [, bytes, type, contentType, kind] = row;
    const media = await importOneHostile(inbox, { bytes, name: 'page.html', type });
    expect(media.contentType).toBe(contentType);
    expectShown(media, kind);
    const content = await inbox.api('get', `/api/v1/media/${media.sid}/content`).expect(200);
    expect(content.headers).toMatchObject({
      'content-type': contentType,
      'content-disposition': kind === 'image' ? 'inline' : expect.stringMatching(/^attachment;/),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
  },
);

const MANY_FRAMES = 10_000;
test.each([
  ['a PNG of 65,535 squared', () => hostile.hugePng(), 'card', {}],
  ['a PNG of 16,000 squared', () => hostile.compressedPng(16_000), 'image', { width: 16_000 }],
  [
    'a GIF of 10,000 frames',
    () => hostile.manyFramesGif(MANY_FRAMES),
    ...['animation', { details: { frames: MANY_FRAMES } }],
  ],
  ['a TIFF of nested directories', () => hostile.nestedTiff(1000), 'image', { width: 1 }],
  [
    'a PDF of 50,000 pages',
    () => hostile.manyPagesPdf(50_000),
    ...['pdf', { details: { pages: 50_000 } }],
  ],
  ['a page of a million points', () => hostile.hugePagePdf(), 'pdf', { details: { pages: 1 } }],
  ['an SVG of a million pixels and entities', () => hostile.hugeSvg(), 'text', { width: null }],
  ['10,000 contacts', () => hostile.contacts(10_000), 'contact', {}],
  ['50 MB without a newline', () => hostile.longLine(50_000_000), 'text', { contentType: UNKNOWN }],
  ['100 MiB of noise', () => hostile.noise(100 * MIB, 1), 'card', { contentType: UNKNOWN }],
] as [string, () => Buffer, string, object][])('%s harms nothing', async (...row) => {
  const [name, make, kind, facts] = row;
  const bytes = make();
  const media = await importOneHostile(inbox, { bytes, name, type: 'image/png' });
  expect(media).toMatchObject({ byteSize: bytes.length, ...facts });
  if (kind === 'card') expectCard(media);
  else expectShown(media, kind);
});

test('a video that claims ten hours shows a frame that is there', async () => {
  const bytes = hostile.tenHoursMp4(await fixture('video.mp4'));
  const media = await importOneHostile(inbox, { bytes, name: 'long.mp4', type: 'video/mp4' });
  expectShown(media, 'video');
  if (hasFfmpeg) expect(media.details?.durationSeconds).toBeGreaterThan(35_000);
});

const orientations = Array.from({ length: 8 }, (_, index) => `orientation-${index + 1}.jpg`);
test.each([
  ['every EXIF orientation', orientations, 96],
  ['CMYK', ['cmyk.jpg'], 320],
  ['a colour profile of noise', ['wrong-icc.jpg'], 320],
  ['16 bits a channel', ['photo-16bit.png'], 96],
])('%s shows upright and in its colours', async (_name, names, width) => {
  const files = await Promise.all(
    names.map(async (name) => ({ bytes: await fixture(name), name, type: 'image/jpeg' })),
  );
  for (const media of await importHostile(inbox, files)) {
    expectShown(media, 'image');
    expect(media.width).toBe(width);
    const colours = await cornerColours(await decodeThumbnails(inbox, media));
    expect(colours, media.fileName ?? '').toEqual(['red', 'green', 'blue', 'white']);
  }
});

test('grey with alpha stays transparent where it is', async () => {
  const bytes = await fixture('photo-gray-alpha.png');
  const media = await importOneHostile(inbox, { bytes, name: 'grey.png', type: 'image/png' });
  expectShown(media, 'image');
  const { large } = await decodeThumbnails(inbox, media);
  const alpha = await large.extractChannel('alpha').raw().toBuffer();
  expect(alpha[0]).toBeGreaterThan(200);
  expect(alpha.at(-1)).toBeLessThan(50);
});

test('a file without a single byte is refused by hand, and a reason by MMS', async () => {
  const bytes = hostile.zeroBytes();
  const { body } = await inbox
    .api('post', '/api/v1/media')
    .attach('files', await fixture('photo.png'), 'whole.png')
    .attach('files', bytes, 'empty.png')
    .expect(400);
  expect(body).toMatchObject({ code: 'invalid_request' });
  expect(JSON.stringify(body)).toContain('without a single byte');

  const { message } = await inbox.receive({ attachments: [{ bytes, contentType: 'image/png' }] });
  await eventually(async () => {
    const [media] = await inbox.mediaOf(message.sid, 'pending', 'failed');
    expect(media?.reason).toBe('The file came without a single byte');
  });
  await expectUnharmed(inbox);
});

test('after all of it nothing is left in the scratch folder', async () => {
  await eventually(async () => {
    expect(await readdir(join(inbox.dataDir, 'blobs', 'incoming'))).toEqual([]);
  });
  await expectUnharmed(inbox);
});
