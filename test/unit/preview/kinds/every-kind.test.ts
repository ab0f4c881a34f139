import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectThumbnails,
  type FixturePreviews,
  type FixtureRow,
  startFixturePreviews,
} from '../../../support/fixture-previews.ts';

let previews: FixturePreviews;
beforeAll(async () => {
  previews = await startFixturePreviews(process.env.PATH ?? '');
});
afterAll(() => previews.stop());
const preview = (name: string, withLocation = false) => previews.of(name, withLocation);

const spoken = { name: 'Jörg Müller', organization: 'Bäckerei Müller & Söhne' };
const withoutTools: FixtureRow[] = [
  ['photo.jpg', 'image', [480, 640], { takenAt: '2026-01-31T10:20:30', camera: 'Example Phone 7' }],
  ['photo.png', 'image', [640, 480], {}],
  ['photo-gray-alpha.png', 'image', [96, 64], {}],
  ['photo-16bit.png', 'image', [96, 64], {}],
  ['photo.gif', 'image', [640, 480], {}],
  ['photo.webp', 'image', [640, 480], {}],
  ['photo.avif', 'image', [640, 480], {}],
  ['photo.tiff', 'image', [640, 480], {}],
  ['multipage.tiff', 'image', [640, 480], { pages: 3 }],
  ['photo-24bit.bmp', 'image', [96, 64], {}],
  ['photo-8bit.bmp', 'image', [96, 64], {}],
  ['photo-32bit.bmp', 'image', [96, 64], {}],
  ['photo-rle.bmp', 'image', [320, 240], {}],
  ['cmyk.jpg', 'image', [320, 240], {}],
  ['wrong-icc.jpg', 'image', [320, 240], {}],
  [
    'photo.heic',
    'image',
    [640, 480],
    { takenAt: '2026-02-01T08:09:10-03:00', camera: 'Example Phone 8' },
  ],
  [
    'photo.heif',
    'image',
    [640, 480],
    { takenAt: '2026-02-01T08:09:10-03:00', camera: 'Example Phone 8' },
  ],
  ['photo-rotated.heic', 'image', [480, 640], {}],
  ['animated.gif', 'animation', [160, 120], { frames: 12, durationSeconds: 1.2 }],
  ['animated.webp', 'animation', [160, 120], { frames: 12, durationSeconds: 1.2 }],
  ['document.pdf', 'pdf', null, { pages: 2, encrypted: false }],
  [
    'contact-21.vcf',
    'contact',
    null,
    { contactCount: 1, contacts: [expect.objectContaining(spoken)] },
  ],
  [
    'contact-30.vcf',
    'contact',
    null,
    {
      contactCount: 1,
      contacts: [
        expect.objectContaining({ emails: ['sigga@example.org', 'sigridur@lights.example'] }),
      ],
    },
  ],
  [
    'contact-40.vcf',
    'contact',
    null,
    { contactCount: 1, contacts: [expect.objectContaining({ name: '山田 太郎' })] },
  ],
  [
    'contacts-12.vcf',
    'contact',
    null,
    { contactCount: 12, contacts: expect.objectContaining({ length: 10 }) },
  ],
  [
    'event.ics',
    'calendar',
    null,
    {
      eventCount: 1,
      events: [
        expect.objectContaining({
          start: '2026-07-15T12:30:00',
          timeZone: 'Europe/Berlin',
          location: 'Café am Ufer, Köln',
        }),
      ],
    },
  ],
  [
    'whole-day.ics',
    'calendar',
    null,
    { eventCount: 1, events: [{ summary: 'Christmas', start: '2026-12-24', end: '2026-12-27' }] },
  ],
  ['note-utf8.txt', 'text', null, { encoding: 'utf-8', lineCount: 6 }],
  ['note-utf16le.txt', 'text', null, { encoding: 'utf-16le', lineCount: 11 }],
  ['note-latin1.txt', 'text', null, { encoding: 'windows-1252', lineCount: 11 }],
  ['note-shiftjis.txt', 'text', null, { encoding: 'shift_jis', lineCount: 8 }],
  ['page.html', 'text', null, { encoding: 'utf-8', lineCount: 12 }],
  ['archive.zip', 'card', null, {}],
  ['unknown.bin', 'card', null, {}],
];

test.each(withoutTools)(
  '%s: %s, with no tool but the packages',
  async (name, kind, size, details) => {
    const result = await preview(name);
    expect([result.kind, result.reason]).toEqual([kind, null]);
    expect(result.size).toEqual(size && { width: size[0], height: size[1] });
    if (name !== 'photo-rotated.heic') expect(result.details).toEqual(details);
    await expectThumbnails(result);
  },
);

test('an encrypted document says so', async () => {
  const result = await preview('encrypted.pdf');
  expect(result).toMatchObject({ kind: 'pdf', details: { encrypted: true } });
  expect(result.reason).toMatch(/encrypted/);
  await expectThumbnails(result);
});

const CORNERS = [
  ['red', 0.04, 0.04, [255, 0, 0]],
  ['green', 0.96, 0.04, [0, 255, 0]],
  ['blue', 0.04, 0.96, [0, 0, 255]],
  ['white', 0.96, 0.96, [255, 255, 255]],
] as const;

test.each([
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `orientation-${n}.jpg`),
  ...['photo.jpg', 'photo.heic', 'photo-rotated.heic', 'photo-8bit.bmp', 'photo-24bit.bmp'],
  ...['photo-32bit.bmp', 'photo-rle.bmp', 'animated.gif'],
])('%s is shown upright and in its colours', async (name) => {
  const large = (await preview(name)).files.find(({ size }) => size === 'large');
  const { data, info } = await sharp(large?.path).raw().toBuffer({ resolveWithObject: true });
  for (const [corner, x, y, colour] of CORNERS) {
    const at = Math.floor(y * info.height) * info.width + Math.floor(x * info.width);
    const found = [...data.subarray(at * info.channels, at * info.channels + 3)];
    for (const [channel, value] of colour.entries()) {
      const off = Math.abs((found[channel] ?? 0) - value);
      expect([corner, off < 60 || found]).toEqual([corner, true]);
    }
  }
});

test('an animation has a moving preview, and a frame that is not blank', async () => {
  const result = await preview('animated.gif');
  const moving = result.files.find(({ size }) => size === 'animated');
  expect(moving).toMatchObject({ contentType: 'image/webp', width: 160, height: 120 });
  // Like frames were joined; it takes as long as the original.
  const { delay = [] } = await sharp(moving?.path, { animated: true }).metadata();
  expect([delay.length, delay.reduce((sum, ms) => sum + ms)]).toEqual([10, 1200]);
  await expectThumbnails(result);
});

test('where a picture was taken is told only when it is asked for', async () => {
  expect((await preview('photo.jpg')).details.location).toBeUndefined();
  expect((await preview('photo.jpg', true)).details.location).toEqual({
    latitude: 52.516275,
    longitude: 13.377704,
  });
});

test('colours of another profile are shown as what they mean', async () => {
  const { files } = await preview('photo-p3.heic');
  const large = files.find(({ size }) => size === 'large');
  const { data, info } = await sharp(large?.path).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number) => (120 * info.width + x) * info.channels;
  // As raw numbers they would be 234, 51, 35 and 117, 251, 76.
  const colours = [at(80), at(240)].map((begin) => [...data.subarray(begin, begin + 3)]);
  for (const [n, expected] of [
    [255, 0, 0],
    [0, 255, 0],
  ].entries()) {
    const off = expected.map((value, channel) => Math.abs(value - (colours[n]?.[channel] ?? 0)));
    expect([colours[n], Math.max(...off) < 12]).toEqual([colours[n], true]);
  }
});
