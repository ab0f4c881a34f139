import sharp from 'sharp';
import { expect, it } from 'vitest';
import {
  SAMPLE_NAMES,
  type SampleName,
  sampleAttachment,
  sampleAttachments,
} from '../../../../src/simulator/samples/sample-attachments.ts';

it.each<[SampleName, string, object]>([
  ['landscape', 'image/jpeg', { format: 'jpeg', width: 1600, height: 1200 }],
  ['chat', 'image/png', { format: 'png', width: 780, height: 1560, hasAlpha: false }],
  [
    'balloons',
    'image/jpeg',
    {
      format: 'jpeg',
      width: 1600,
      height: 1200,
      orientation: 6,
      autoOrient: { width: 1200, height: 1600 },
    },
  ],
  ['orbit', 'image/gif', { format: 'gif', width: 360, pageHeight: 360, pages: 16, loop: 0 }],
  ['skyline', 'image/webp', { format: 'webp', width: 1280, height: 860 }],
  ['badge', 'image/png', { format: 'png', width: 640, height: 640, hasAlpha: true }],
  ['tiles', 'image/avif', { format: 'heif', compression: 'av1', width: 576, height: 480 }],
])('draws %s as %s', async (name, contentType, metadata) => {
  const attachment = await sampleAttachment(name, 4);
  expect(attachment.contentType).toBe(contentType);
  const picture = sharp(attachment.bytes, { animated: true });
  expect(await picture.metadata()).toMatchObject(metadata);
  // A drawing that failed would be of one colour.
  const { channels } = await picture.stats();
  expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(20);
});

it('animates for real', async () => {
  const { bytes } = await sampleAttachment('orbit');
  const { delay } = await sharp(bytes, { animated: true }).metadata();
  const [first, second] = await Promise.all(
    [0, 1].map((page) => sharp(bytes, { page }).raw().toBuffer()),
  );
  expect(delay).toEqual(Array(16).fill(80));
  expect(first?.equals(second ?? Buffer.alloc(0))).toBe(false);
});

it('sets the rotated picture upright, sky above ground', async () => {
  const { bytes } = await sampleAttachment('balloons', 0);
  const upright = sharp(await sharp(bytes).autoOrient().toBuffer());
  const rows = [20, 1560].map(async (top) => {
    const strip = await upright
      .clone()
      .extract({ left: 0, top, width: 1200, height: 20 })
      .toBuffer();
    const { channels } = await sharp(strip).stats();
    return channels.map(({ mean }) => mean);
  });
  const [sky, ground] = await Promise.all(rows);
  expect(sky?.[2]).toBeGreaterThan(180);
  expect(ground?.[2]).toBeLessThan(80);
});

it('makes the badge transparent outside', async () => {
  const { bytes } = await sampleAttachment('badge');
  const { data } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  expect(data[3]).toBe(0);
});

it('writes a card and a note', async () => {
  const [card, note] = await Promise.all([sampleAttachment('contact'), sampleAttachment('note')]);
  expect(card.contentType).toBe('text/vcard');
  expect(Buffer.from(card.bytes).toString()).toMatch(/^BEGIN:VCARD\r\n[\s\S]*\r\nEND:VCARD\r\n$/);
  expect(note.contentType).toBe('text/plain');
  expect(Buffer.from(note.bytes).toString()).toContain('Shopping list');
});

it('gives the same for the same seed, and something else for another', async () => {
  const [once, again, other] = await Promise.all([1, 1, 2].map((seed) => sampleAttachments(seed)));
  expect(once).toHaveLength(SAMPLE_NAMES.length);
  expect(again).toEqual(once);
  for (const [index, attachment] of (once ?? []).entries()) {
    expect(Buffer.from(other?.[index]?.bytes ?? []).equals(attachment.bytes)).toBe(false);
  }
});
