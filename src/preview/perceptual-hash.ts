import { createPdqHasher } from '../pdq/pdq-hash.ts';
import { MOST_SIDE } from '../pdq/pdq-pixels.ts';
import { formatPdq } from '../pdq/pdq-text.ts';
import { freePixels, fromPicture, type Picture, toPicture } from './kinds/picture.ts';
import { turnBack } from './turn-back.ts';

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
  if (Math.max(picture.width, picture.height) <= MOST_SIDE) return picture;
  const square = { width: MOST_SIDE, height: MOST_SIDE, fit: 'fill', kernel: 'linear' } as const;
  return toPicture(fromPicture(picture).resize(square));
}
