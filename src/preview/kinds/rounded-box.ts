import type { Picture } from './picture.ts';

/**
 * Draws a box of one colour with round corners, transparent around them; a radius of half its side
 * makes a disc.
 *
 * @param colour red, green and blue, 0 to 255
 */
export function roundedBox(
  width: number,
  height: number,
  radius: number,
  colour: readonly [number, number, number],
): Picture {
  const pixels = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      pixels.set([...colour, opacity(x, y, width, height, radius)], (y * width + x) * 4);
    }
  }
  return { pixels, width, height, channels: 4 };
}

/** 255 inside, 0 outside, in between along the curve, by the distance of the pixel's middle. */
function opacity(x: number, y: number, width: number, height: number, radius: number): number {
  const beyond = (at: number, size: number) =>
    Math.max(radius - (at + 0.5), at + 0.5 - (size - radius), 0);
  const distance = Math.hypot(beyond(x, width), beyond(y, height));
  return Math.round(255 * Math.min(1, Math.max(0, radius - distance + 0.5)));
}
