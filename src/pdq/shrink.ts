import { boxAlongColumns, boxAlongRows, type Plane } from './box-filter.ts';

/** Side of the picture that is left of every picture. */
export const SIDE = 64;

const PASSES = 2;

/**
 * Blurs and then samples, to 64 × 64. The last pass is made for the sampled columns alone.
 *
 * @param plane is overwritten
 * @param other as much room
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
