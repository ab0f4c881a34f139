import { MAX_SIDE } from '../pdq/downsample.ts';
import { createPdqHasher, formatPdq } from '../pdq/pdq-hash.ts';
import { freePixels, fromPicture, type Picture, toPicture } from './kinds/picture.ts';

/** What a picture looks like, to find others that look like it. */
export interface PerceptualHash {
  /** PDQ, 64 hex digits. */
  hash: string;
  /** 0 to 100; below 50 too little is to be seen to tell pictures apart. */
  quality: number;
}

// Its buffers serve one picture after the other.
const hashPixels = createPdqHasher();

/**
 * The PDQ of a picture from the pixels of its largest thumbnail: of a photo that has been shrunk to
 * them it differs in a bit or two from the hash of the whole.
 *
 * @param orientation how the file stores it (EXIF, 1 to 8), because that is how others hash it
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

/** Where the first stored pixel is in the upright picture, and the steps along a row and a column. */
interface Walk {
  start: number;
  alongRow: number;
  alongColumn: number;
  isTurned: boolean;
}

/**
 * The pixels as the file stores them, of a picture that was made upright.
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
