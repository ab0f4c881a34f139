import { MAX_SIDE } from '../pdq/downsample.ts';
import { createPdqHasher, formatPdq } from '../pdq/pdq-hash.ts';
import { freePixels, fromPicture, type Picture, toPicture } from './kinds/picture.ts';

/** A perceptual hash, to find pictures that look alike. */
export interface PerceptualHash {
  /** PDQ, 64 hex digits. */
  hash: string;
  /** 0 to 100; below 50 the picture has too little detail to be distinguished from others. */
  quality: number;
}

// Shared, because its buffers are reused from picture to picture.
const hashPixels = createPdqHasher();

/**
 * The PDQ hash of a picture, computed from the pixels of its largest thumbnail: for a photo that was
 * shrunk it differs in a bit or two from the hash of the original.
 *
 * @param orientation how the file stores it (EXIF, 1 to 8), because other tools hash the stored pixels
 */
export async function perceptualHash(
  picture: Picture,
  orientation: number,
): Promise<PerceptualHash> {
  const square = await withinSquare(picture);
  const { hash, quality } = hashPixels(turnBack(square, orientation));
  if (square !== picture) freePixels(square.pixels);
  return { hash: formatPdq(hash), quality };
}

async function withinSquare(picture: Picture): Promise<Picture> {
  if (Math.max(picture.width, picture.height) <= MAX_SIDE) return picture;
  const square = { width: MAX_SIDE, height: MAX_SIDE, fit: 'fill', kernel: 'linear' } as const;
  return toPicture(fromPicture(picture).resize(square));
}

/** Index of the first stored pixel in the upright picture, and the steps along a row and a column. */
interface Walk {
  start: number;
  alongRow: number;
  alongColumn: number;
  isTurned: boolean;
}

/**
 * Reverts an upright picture to the pixel order in which the file stores it.
 *
 * @param orientation of the file [EXIF 2.32, tag 274]: 1 to 8, of which 1 is upright
 */
function turnBack(picture: Picture, orientation: number): Picture {
  const { pixels, width, height, channels } = picture;
  const walk = walkOf(orientation, width, height);
  if (walk === null) return picture;
  const size = walk.isTurned ? { width: height, height: width } : { width, height };
  const stored = Buffer.allocUnsafe(pixels.length);
  let to = 0;
  for (let row = 0; row < size.height; row += 1) {
    let from = (walk.start + row * walk.alongColumn) * channels;
    for (let column = 0; column < size.width; column += 1) {
      for (let n = 0; n < channels; n += 1) stored[to++] = pixels[from + n] as number;
      from += walk.alongRow * channels;
    }
  }
  return { pixels: stored, ...size, channels };
}

function walkOf(orientation: number, width: number, height: number): Walk | null {
  const right = width - 1;
  const bottom = (height - 1) * width;
  const [straight, turned] = [{ isTurned: false }, { isTurned: true }];
  switch (orientation) {
    case 2:
      return { ...straight, start: right, alongRow: -1, alongColumn: width };
    case 3:
      return { ...straight, start: bottom + right, alongRow: -1, alongColumn: -width };
    case 4:
      return { ...straight, start: bottom, alongRow: 1, alongColumn: -width };
    case 5:
      return { ...turned, start: 0, alongRow: width, alongColumn: 1 };
    case 6:
      return { ...turned, start: right, alongRow: width, alongColumn: -1 };
    case 7:
      return { ...turned, start: bottom + right, alongRow: -width, alongColumn: -1 };
    case 8:
      return { ...turned, start: bottom, alongRow: -width, alongColumn: 1 };
    default:
      return null;
  }
}
