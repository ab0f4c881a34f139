import type { Chunk } from './sections.ts';
import type { Timeline } from './timeline.ts';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** An attachment by its place; in a chunk that is not loaded, that at its end. */
export interface TilePlace {
  chunk: Chunk;
  index: number;
}

/** Up and down it is the one below or above the middle of the tile; left and right are back and on in the list. */
export function placeInDirection(
  timeline: Timeline,
  { chunk, index }: TilePlace,
  direction: Direction,
): TilePlace | undefined {
  const { boxes = [], rows = [] } = chunk.layout ?? {};
  if (direction === 'left' || direction === 'right') {
    const next = index + (direction === 'right' ? 1 : -1);
    return next >= 0 && next < chunk.count
      ? { chunk, index: next }
      : endOf(neighbourChunk(timeline, chunk, direction === 'right' ? 1 : -1), direction);
  }
  const box = boxes[index];
  if (box === undefined) return undefined;
  const center = box.left + box.width / 2;
  const row = rows.findIndex(({ first, end }) => index >= first && index < end);
  const step = direction === 'down' ? 1 : -1;
  if (rows[row + step]) return nearestInRow(chunk, row + step, center);
  const other = neighbourChunk(timeline, chunk, step);
  if (other === undefined) return undefined;
  if (other.layout === undefined) return endOf(other, direction);
  return nearestInRow(other, direction === 'down' ? 0 : other.layout.rows.length - 1, center);
}

/** The next chunk that has attachments. */
function neighbourChunk(timeline: Timeline, chunk: Chunk, step: 1 | -1): Chunk | undefined {
  let at = timeline.chunks.indexOf(chunk) + step;
  while (timeline.chunks[at]?.count === 0) at += step;
  return timeline.chunks[at];
}

function endOf(chunk: Chunk | undefined, direction: Direction): TilePlace | undefined {
  if (chunk === undefined) return undefined;
  return { chunk, index: direction === 'right' || direction === 'down' ? 0 : chunk.count - 1 };
}

function nearestInRow(chunk: Chunk, rowIndex: number, center: number): TilePlace | undefined {
  const row = chunk.layout?.rows[rowIndex];
  if (row === undefined) return undefined;
  let best: { index: number; distance: number } | undefined;
  for (let index = row.first; index < row.end; index += 1) {
    const box = chunk.layout?.boxes[index];
    if (box === undefined) continue;
    const distance = Math.abs(box.left + box.width / 2 - center);
    if (best === undefined || distance < best.distance) best = { index, distance };
  }
  return best && { chunk, index: best.index };
}
