import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPdqHasher, formatPdq } from '../../../src/pdq/pdq-hash.ts';
import { bitsApart } from '../../support/bits-apart.ts';
import { type FixturePreviews, startFixturePreviews } from '../../support/fixture-previews.ts';
import { fixturePath, hasFfmpeg } from '../../support/fixtures.ts';

let previews: FixturePreviews;
let folder: string;
beforeAll(async () => {
  previews = await startFixturePreviews(process.env.PATH ?? '');
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-hashes-'));
});
afterAll(async () => {
  await previews.stop();
  await rm(folder, { recursive: true });
});

const hashPixels = createPdqHasher();

/** The hash of what a file stores, decoded whole, as programmes that share hashes compute it. */
async function hashStored(path: string): Promise<string> {
  const { width, height } = await sharp(path).metadata();
  const whole = await sharp(path).toColourspace('srgb').removeAlpha().png().toBuffer();
  const image = sharp(whole);
  if (Math.max(width, height) > 512) image.resize(512, 512, { fit: 'fill' });
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  const size = { width: info.width, height: info.height };
  return formatPdq(hashPixels({ pixels: data, ...size, channels: 3 }).hash);
}

function distance(a: string | undefined, b: string): number {
  if (a === undefined) throw new Error('the picture has no hash');
  return bitsApart(Buffer.from(a, 'hex'), Buffer.from(b, 'hex'));
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i is hashed as it is stored', async (n) => {
  const { pdq } = await previews.of(`orientation-${n}.jpg`);
  expect(pdq?.hash).toBe(await hashStored(fixturePath(`orientation-${n}.jpg`)));
});

/** A JPEG of random shapes, no two alike. */
async function randomPicture(orientation: number): Promise<string> {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
  const small = sharp({
    create: { width: 24, height: 18, channels: 3, background: '#888', noise },
  });
  const path = join(folder, `random-${orientation}.jpg`);
  await sharp(await small.png().toBuffer())
    .resize(1600, 1200, { kernel: 'cubic' })
    .withMetadata({ orientation })
    .jpeg()
    .toFile(path);
  return path;
}

test.each([1, 6])('a photo larger than its thumbnails, orientation %i', async (orientation) => {
  const path = await randomPicture(orientation);
  const { pdq, size } = await previews.ofFile(path);
  expect(size?.width).toBe(orientation === 1 ? 1600 : 1200);
  expect(pdq?.quality).toBeGreaterThan(50);
  expect(distance(pdq?.hash, await hashStored(path))).toBeLessThanOrEqual(4);
});

test.each([
  ...['photo.jpg', 'photo.png', 'photo.gif', 'photo.webp', 'photo.avif', 'photo.tiff'],
  ...['photo.heic', 'photo-24bit.bmp', 'photo-gray-alpha.png', 'animated.gif', 'animated.webp'],
])('%s has a hash', async (name) => {
  expect((await previews.of(name)).pdq).toEqual({
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    quality: expect.any(Number),
  });
});

test('the same picture in another format is close, another picture is not', async () => {
  const [png, webp, avif] = await Promise.all(
    ['photo.png', 'photo.webp', 'photo.avif'].map(async (name) => (await previews.of(name)).pdq),
  );
  expect(distance(png?.hash, webp?.hash ?? '')).toBeLessThanOrEqual(10);
  expect(distance(png?.hash, avif?.hash ?? '')).toBeLessThanOrEqual(10);
  const other = await previews.ofFile(await randomPicture(1));
  expect(distance(png?.hash, other.pdq?.hash ?? '')).toBeGreaterThan(31);
});

test.runIf(hasFfmpeg())('a video has the hash of its poster', async () => {
  const { pdq, files } = await previews.of('video.mp4');
  const poster = files.find(({ size }) => size === 'large')?.path ?? '';
  expect(distance(pdq?.hash, await hashStored(poster))).toBeLessThanOrEqual(10);
});

test.each(['document.pdf', 'contact-30.vcf', 'event.ics', 'note-utf8.txt', 'archive.zip'])(
  'the card of %s has none',
  async (name) => {
    expect((await previews.of(name)).pdq).toBeNull();
  },
);

// Pictures of the public repository with hashes by its reference implementation; not part of this one.
describe('published files', () => {
  test.for([
    ['bridge-1-original.jpg', 'd8f8f0cee0f4a84f0637022a078f67f0b36e2ed596621e1d33e6339c4e9c9b22'],
    ['q0122.jpg', 'cfb2009ddd21c6dab0046a7745b5984757a8a4535b3377aea2591d32b33ff940'],
    ['q0746.jpg', '1049d96239e24d4dca2c55512b8bdb77425f4dbcf575a0a95555aaab5554aaaa'],
    ['q2821.jpg', 'b150231ffae4710ffcf4f18bb574b109a576f14bb8543189f8743289f174b109'],
  ])('%s is within 10 bits', async ([name = '', hash = ''], { skip }) => {
    const from = process.env.PDQ_FILES_DIR ?? '';
    skip(from === '', 'PDQ_FILES_DIR does not say where the files are');
    const { pdq } = await previews.ofFile(join(from, name));
    expect(pdq?.quality).toBe(100);
    expect(distance(pdq?.hash, hash)).toBeLessThanOrEqual(10);
  });
});
