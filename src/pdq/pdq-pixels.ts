/** Decoded pixels, 8 bits a channel, row by row. */
export interface PdqPixels {
  pixels: Uint8Array;
  /** In pixels. */
  width: number;
  height: number;
  /** Grey, RGB or RGBA, of which the last is not looked at. */
  channels: 1 | 3 | 4;
}

/** Longest side that is hashed, in pixels: what is larger is first resized to a square of it. */
export const MOST_SIDE = 512;

const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114].map((share) =>
  Float32Array.from({ length: 256 }, (_, level) => Math.fround(share) * level),
) as [Float32Array, Float32Array, Float32Array];

/**
 * How bright each pixel is, from 0 to 255.
 *
 * @param into room for `width * height` values
 */
export function toLuma({ pixels, width, height, channels }: PdqPixels, into: Float32Array): void {
  const count = width * height;
  if (channels === 1) {
    into.set(pixels.subarray(0, count));
    return;
  }
  for (let to = 0, from = 0; to < count; to += 1, from += channels) {
    const red = RED[pixels[from] as number] as number;
    const green = GREEN[pixels[from + 1] as number] as number;
    const blue = BLUE[pixels[from + 2] as number] as number;
    into[to] = Math.fround(red + green) + blue;
  }
}
