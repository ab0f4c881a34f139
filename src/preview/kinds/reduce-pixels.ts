import type { Picture } from './picture.ts';

/** Shrinks a picture piece by piece, so that it is never in memory as a whole. */
interface Reducer {
  /** @param piece RGB or RGBA, `stride` bytes a row; pixels beyond the picture are ignored */
  add(piece: {
    pixels: Uint8Array;
    stride: number;
    width: number;
    height: number;
    left: number;
    top: number;
  }): void;
  /** Each pixel is the mean of its source pixels, and black where no piece covered it. */
  finish(): Picture;
}

/**
 * Shrinks by the largest integer factor that leaves the longer side at least `leastSide` pixels.
 *
 * @param size of the whole picture, in pixels
 */
export function createReducer({
  width,
  height,
  channels,
  leastSide,
}: {
  width: number;
  height: number;
  channels: 3 | 4;
  leastSide: number;
}): Reducer {
  const by = Math.max(1, Math.floor(Math.max(width, height) / leastSide));
  const small = { width: Math.ceil(width / by), height: Math.ceil(height / by) };
  const sums = new Uint32Array(small.width * small.height * channels);
  const counts = new Uint32Array(small.width * small.height);
  return {
    add({ pixels, stride, left, top, ...piece }) {
      const right = Math.min(piece.width, width - left);
      const bottom = Math.min(piece.height, height - top);
      for (let y = 0; y < bottom; y += 1) {
        const row = Math.floor((top + y) / by) * small.width;
        let from = y * stride;
        for (let x = 0; x < right; x += 1) {
          const to = row + Math.floor((left + x) / by);
          counts[to] = (counts[to] as number) + 1;
          for (let n = 0; n < channels; n += 1) {
            const at = to * channels + n;
            sums[at] = (sums[at] as number) + (pixels[from++] as number);
          }
        }
      }
    },
    finish() {
      const reduced = Buffer.allocUnsafeSlow(sums.length);
      for (let at = 0, to = 0; to < counts.length; to += 1) {
        const count = counts[to] || 1;
        for (let n = 0; n < channels; n += 1, at += 1) {
          reduced[at] = Math.round((sums[at] as number) / count);
        }
      }
      return { pixels: reduced, ...small, channels };
    },
  };
}
