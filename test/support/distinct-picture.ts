import sharp from 'sharp';
import { noise } from './mutate-file.ts';

const SPOTS = 12;

/** A JPEG, 640 x 480, rich in detail; each `seed` gives another one. */
export function tellingPicture(seed: number): Promise<Buffer> {
  const raw = { width: SPOTS, height: SPOTS, channels: 3 } as const;
  return sharp(noise(SPOTS * SPOTS * 3, seed), { raw })
    .resize(640, 480, { fit: 'fill', kernel: 'cubic' })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** A picture as people modify it to send it again: smaller, a little brighter, re-encoded. */
export function alteredPicture(picture: Buffer, format: 'jpeg' | 'webp' | 'png' = 'jpeg') {
  return sharp(picture)
    .resize({ width: 500 })
    .modulate({ brightness: 1.05 })
    .toFormat(format, { quality: 60 })
    .toBuffer();
}
