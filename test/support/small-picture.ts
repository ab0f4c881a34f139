import sharp from 'sharp';

/** A small picture of one colour; each `seed` gives another one. */
export function smallPicture(seed: number, format: 'png' | 'jpeg' = 'png', side = 32) {
  const background = { r: seed % 256, g: (seed >> 8) % 256, b: 90 };
  return sharp({ create: { width: side, height: side, channels: 3, background } })
    .toFormat(format)
    .toBuffer();
}
