/** Grey levels, row by row. */
export interface Plane {
  values: Float32Array;
  columns: number;
  rows: number;
}

const ROWS_AT_ONCE = 4;

/**
 * Each value becomes the mean of the box around it within its row; at both ends the box shrinks to
 * what is inside. The sums slide along: their rounding is part of the published hash.
 *
 * Four rows go side by side, because the sum of one has to wait for itself at each step: that takes
 * twice as long. Where the number of rows is no multiple of four the last group reaches back.
 *
 * @param plane of four rows at least
 * @param into of the same size
 */
export function boxAlongRows({ values, columns, rows }: Plane, into: Float32Array): void {
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

/** The same within columns, for all of them at once: memory is read in its order. */
export function boxAlongColumns({ values, columns, rows }: Plane, into: Float32Array): void {
  const { size, half } = boxFor(rows);
  const sums = new Float32Array(columns);
  // What is outside; to add or take away nothing rounds nothing.
  const nothing = new Float32Array(columns);
  for (let ahead = 0; ahead < rows + half - 1; ahead += 1) {
    const behind = ahead - size;
    const newest = ahead < rows ? values.subarray(ahead * columns) : nothing;
    const oldest = behind < 0 ? nothing : values.subarray(behind * columns);
    const inside = Math.min(ahead, rows - 1) - Math.max(behind, -1);
    // Until the first box is whole the first row is written over and over.
    const to = Math.max(0, ahead - half + 1) * columns;
    for (let column = 0; column < columns; column += 1) {
      const more = Math.fround((sums[column] as number) + (newest[column] as number));
      const sum = Math.fround(more - (oldest[column] as number));
      sums[column] = sum;
      into[to + column] = sum / inside;
    }
  }
}

/** As wide as 64 samples are apart, halved; `half` is what lies ahead of the middle, with it. */
function boxFor(side: number): { size: number; half: number } {
  const size = Math.floor((side + 127) / 128);
  return { size, half: Math.floor((size + 2) / 2) };
}
