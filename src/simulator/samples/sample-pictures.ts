// The only file besides the previews that imports sharp. It renders our own drawings: the rule that
// keeps SVG away from sharp exists for untrusted files and does not apply here.
import sharp, { type Sharp } from 'sharp';
import { chatSvg } from './sample-chat.ts';
import { LANDSCAPE_SIZE, landscapeSvg } from './sample-landscape.ts';
import { createSampleRandom } from './sample-random.ts';
import { badgeSvg, balloonsSvg, orbitSvgs, skylineSvg, tilesSvg } from './sample-scenes.ts';

const GRAIN_TILE = 200;
const FRAME_MS = 80;

/** JPEG, 1600 x 1200, with the grain of a photograph. */
export async function landscapeJpeg(seed: number): Promise<Uint8Array> {
  const grain = grainTile(seed);
  return draw(landscapeSvg(seed))
    .resize(LANDSCAPE_SIZE.width, LANDSCAPE_SIZE.height)
    .composite([{ input: grain, raw: GRAIN_RAW, tile: true, blend: 'soft-light' }])
    .removeAlpha()
    .jpeg({ quality: 84 })
    .toBuffer();
}

/** PNG, 780 x 1560, like a screenshot. */
export async function chatPng(seed: number): Promise<Uint8Array> {
  return draw(chatSvg(seed)).removeAlpha().png({ compressionLevel: 6 }).toBuffer();
}

/** PNG with transparency, 640 x 640. */
export async function badgePng(seed: number): Promise<Uint8Array> {
  return draw(badgeSvg(seed)).png({ compressionLevel: 6 }).toBuffer();
}

/** Animated GIF, 360 x 360, loops forever. */
export async function orbitGif(seed: number): Promise<Uint8Array> {
  const frames = orbitSvgs(seed);
  return sharp(
    frames.map((svg) => Buffer.from(svg)),
    { join: { animated: true } },
  )
    .gif({ delay: frames.map(() => FRAME_MS), loop: 0, effort: 3 })
    .toBuffer();
}

/** JPEG whose pixels are stored rotated, 1600 x 1200, and upright with its EXIF orientation 6. */
export async function balloonsJpeg(seed: number): Promise<Uint8Array> {
  return draw(balloonsSvg(seed))
    .removeAlpha()
    .rotate(270)
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 84 })
    .toBuffer();
}

/** WebP, 1280 x 860. */
export async function skylineWebp(seed: number): Promise<Uint8Array> {
  return draw(skylineSvg(seed)).removeAlpha().webp({ quality: 82, effort: 2 }).toBuffer();
}

/** AVIF, 576 x 480. */
export async function tilesAvif(seed: number): Promise<Uint8Array> {
  return draw(tilesSvg(seed)).removeAlpha().avif({ quality: 60, effort: 1 }).toBuffer();
}

function draw(svg: string): Sharp {
  return sharp(Buffer.from(svg));
}

const GRAIN_RAW = { width: GRAIN_TILE, height: GRAIN_TILE, channels: 3 } as const;

/** Grey noise around the middle, raw RGB, which `soft-light` turns into brighter and darker grains. */
function grainTile(seed: number): Buffer {
  const random = createSampleRandom(seed);
  const pixels = Buffer.alloc(GRAIN_TILE * GRAIN_TILE * 3);
  for (let offset = 0; offset < pixels.length; offset += 3) {
    const grey = 128 + random.between(-22, 22) + random.between(-22, 22);
    pixels.fill(grey, offset, offset + 3);
  }
  return pixels;
}
