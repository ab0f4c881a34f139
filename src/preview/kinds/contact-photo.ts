import sharp from 'sharp';
import { type Picture, toPicture } from './picture.ts';

const DECODERS: ReadonlySet<string> = new Set(['jpeg', 'png', 'gif', 'webp']);
/** Larger than any photo that a phone puts in a contact. */
const MOST_PIXELS = 4_096 ** 2;
/** Pixels, of a square. */
const SIDE = 320;

/**
 * Decodes the photo of a contact, cut to a square.
 *
 * @returns null when it is damaged, too large or of no format that phones use
 */
export async function decodePhoto(photo: Buffer): Promise<Picture | null> {
  try {
    const input = sharp(photo, { limitInputPixels: MOST_PIXELS, failOn: 'error' });
    const { format } = await input.metadata();
    if (!DECODERS.has(format)) return null;
    return await toPicture(input.autoOrient().resize(SIDE, SIDE, { fit: 'cover' }));
  } catch {
    // A contact without its photo says more than none.
    return null;
  }
}
