import sharp from 'sharp';
import { noise } from './mutate-file.ts';

const SPOTS = 12;

/** A JPEG, 640 x 480, with much to be seen in it; each `seed` has another one. */
export function tellingPicture(seed: number): Promise<Buffer> {
  const raw = { width: SPOTS, height: SPOTS, channels: 3 } as const;
  return sharp(noise(SPOTS * SPOTS * 3, seed), { raw })
    .resize(640, 480, { fit: 'fill', kernel: 'cubic' })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** What people make of a picture to send it again: smaller, a little brighter, encoded anew. */
export function alteredPicture(picture: Buffer, format: 'jpeg' | 'webp' | 'png' = 'jpeg') {
  return sharp(picture)
    .resize({ width: 500 })
    .modulate({ brightness: 1.05 })
    .toFormat(format, { quality: 60 })
    .toBuffer();
}
