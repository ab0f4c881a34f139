import type { Sharp } from 'sharp';
import sharp from 'sharp';

/** Decoded pixels, sRGB, 8 bits a channel, row by row. */
export interface Picture {
  pixels: Buffer;
  /** In pixels. */
  width: number;
  height: number;
  /** RGB or RGBA. */
  channels: 3 | 4;
}

/** A picture as a source for sharp. */
export function fromPicture({ pixels, width, height, channels }: Picture): Sharp {
  return sharp(pixels, { raw: { width, height, channels } });
}

/** Runs a pipeline of sharp's to its pixels. */
export async function toPicture(image: Sharp): Promise<Picture> {
  const { data, info } = await image
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return { pixels: data, width, height, channels: info.channels === 4 ? 4 : 3 };
}
