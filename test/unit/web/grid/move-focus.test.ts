import { beforeEach, expect, test } from 'vitest';
import { type Direction, placeInDirection } from '../../../../web/src/grid/move-focus.ts';
import { createTimeline, type Timeline } from '../../../../web/src/grid/timeline.ts';
import { bucket, mediaItem } from './media-item.ts';

let timeline: Timeline;
beforeEach(() => {
  // Squares, four in a row.
  timeline = createTimeline({ width: 400, rowHeight: 97, gap: 4 });
  timeline.append([bucket(20, 6), bucket(19, 5), bucket(18, 250)]);
  [0, 1].forEach((index) => {
    const chunk = timeline.chunks[index];
    if (chunk === undefined) return;
    const items = Array.from({ length: chunk.count }, (_, n) =>
      mediaItem(index * 1000 + n, { width: 100, height: 100 }),
    );
    timeline.setItems(chunk, items);
  });
});

/** @param from number of the day, and of the attachment in it */
function move(from: [number, number], direction: Direction): [number, number] | undefined {
  const chunk = timeline.chunks[from[0]];
  const to = chunk && placeInDirection(timeline, { chunk, index: from[1] }, direction);
  return to && [timeline.chunks.indexOf(to.chunk), to.index];
}

test.each<[[number, number], Direction, [number, number] | undefined]>([
  [[0, 0], 'right', [0, 1]],
  [[0, 1], 'left', [0, 0]],
  [[0, 0], 'left', undefined],
  [[0, 5], 'right', [1, 0]],
  [[1, 0], 'left', [0, 5]],
  [[0, 1], 'down', [0, 5]],
  [[0, 3], 'down', [0, 5]],
  [[0, 5], 'up', [0, 1]],
  [[0, 5], 'down', [1, 1]],
  [[1, 2], 'up', [0, 5]],
  [[0, 2], 'up', undefined],
  // Into a day that is not loaded.
  [[1, 4], 'down', [2, 0]],
  [[1, 4], 'right', [2, 0]],
])('from %j %s: %j', (from, direction, to) => {
  expect(move(from, direction)).toEqual(to);
});
