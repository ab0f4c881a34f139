/** Side of the downsampled picture. */
export const SIDE = 64;

const PASSES = 2;

/**
 * Blurs and then samples, to 64 × 64. The last pass down the columns runs for the sampled columns only.
 *
 * @param plane is overwritten
 * @param other a scratch buffer of the same size
 */
export function shrink(plane: Plane, other: Float32Array): Float32Array {
  const { values, columns, rows } = plane;
  if (columns === SIDE && rows === SIDE) return values.subarray(0, SIDE * SIDE);
  for (let pass = 1; pass < PASSES; pass += 1) {
    boxAlongRows(plane, other);
    boxAlongColumns({ values: other, columns, rows }, values);
  }
  boxAlongRows(plane, other);
  const sampled = sampleColumns({ values: other, columns, rows });
  boxAlongColumns(sampled, values);
  return sampleRows({ ...sampled, values });
}

function sampleColumns({ values, columns, rows }: Plane): Plane {
  const sampled = new Float32Array(SIDE * rows);
  for (let column = 0; column < SIDE; column += 1) {
    const from = samplePlace(column, columns);
    for (let row = 0; row < rows; row += 1) {
      sampled[row * SIDE + column] = values[row * columns + from] as number;
    }
  }
  return { values: sampled, columns: SIDE, rows };
}

function sampleRows({ values, rows }: Plane): Float32Array {
  const sampled = new Float32Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row += 1) {
    const start = samplePlace(row, rows) * SIDE;
    sampled.set(values.subarray(start, start + SIDE), row * SIDE);
  }
  return sampled;
}

function samplePlace(n: number, length: number): number {
  return Math.floor(((n + 0.5) * length) / SIDE);
}

/** Grey levels, row by row. */
interface Plane {
  values: Float32Array;
  columns: number;
  rows: number;
}

const ROWS_AT_ONCE = 4;

/**
 * Box filter along rows: each value becomes the mean of the box around it; at both ends the box is clipped to
 * the row. The sums are running sums, because their rounding is part of the published hash.
 *
 * Four rows are summed in parallel: one row at a time takes twice as long, because each step depends on the
 * one before. If the number of rows is not a multiple of four, the last group overlaps the one before.
 *
 * @param plane of at least four rows
 * @param into of the same size
 */
function boxAlongRows({ values, columns, rows }: Plane, into: Float32Array): void {
  const { size, half } = boxFor(columns);
  const { fround } = Math;
  for (let row = 0; row < rows; row += ROWS_AT_ONCE) {
    const a = Math.min(row, rows - ROWS_AT_ONCE) * columns;
    const b = a + columns;
    const c = b + columns;
    const d = c + columns;
    let sumA = 0;
    let sumB = 0;
    let sumC = 0;
    let sumD = 0;
    for (let ahead = 0; ahead < columns + half - 1; ahead += 1) {
      const behind = ahead - size;
      const at = ahead - half + 1;
      if (ahead < columns) {
        sumA = fround(sumA + (values[a + ahead] as number));
        sumB = fround(sumB + (values[b + ahead] as number));
        sumC = fround(sumC + (values[c + ahead] as number));
        sumD = fround(sumD + (values[d + ahead] as number));
      }
      if (behind >= 0) {
        sumA = fround(sumA - (values[a + behind] as number));
        sumB = fround(sumB - (values[b + behind] as number));
        sumC = fround(sumC - (values[c + behind] as number));
        sumD = fround(sumD - (values[d + behind] as number));
      }
      if (at < 0) continue;
      const inside = Math.min(ahead, columns - 1) - Math.max(behind, -1);
      into[a + at] = sumA / inside;
      into[b + at] = sumB / inside;
      into[c + at] = sumC / inside;
      into[d + at] = sumD / inside;
    }
  }
}

/** The same along columns, for all columns at once, so that memory is read sequentially. */
function boxAlongColumns({ values, columns, rows }: Plane, into: Float32Array): void {
  const { size, half } = boxFor(rows);
  const sums = new Float32Array(columns);
  // Stands for the rows outside the plane; adding or subtracting zeros causes no rounding.
  const zeros = new Float32Array(columns);
  for (let ahead = 0; ahead < rows + half - 1; ahead += 1) {
    const behind = ahead - size;
    const newest = ahead < rows ? values.subarray(ahead * columns) : zeros;
    const oldest = behind < 0 ? zeros : values.subarray(behind * columns);
    const inside = Math.min(ahead, rows - 1) - Math.max(behind, -1);
    // Until the first box is complete, the first row is overwritten each time.
    const to = Math.max(0, ahead - half + 1) * columns;
    for (let column = 0; column < columns; column += 1) {
      const more = Math.fround((sums[column] as number) + (newest[column] as number));
      const sum = Math.fround(more - (oldest[column] as number));
      sums[column] = sum;
      into[to + column] = sum / inside;
    }
  }
}

/**
 * The box size is half the distance between two of the 64 samples; `half` counts its middle and all
 * ahead.
 */
function boxFor(side: number): { size: number; half: number } {
  const size = Math.floor((side + 127) / 128);
  return { size, half: Math.floor((size + 2) / 2) };
}

/** Decoded pixels, 8 bits a channel, row by row. */
export interface PdqPixels {
  pixels: Uint8Array;
  /** In pixels. */
  width: number;
  height: number;
  /** Grey, RGB or RGBA; alpha is ignored. */
  channels: 1 | 3 | 4;
}

/** Longest side that is hashed, in pixels: larger pictures are first resized to a square of this side. */
export const MAX_SIDE = 512;

const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114].map((share) =>
  Float32Array.from({ length: 256 }, (_, level) => Math.fround(share) * level),
) as [Float32Array, Float32Array, Float32Array];

/**
 * The luma of each pixel, from 0 to 255.
 *
 * @param into at least `width * height` values
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
