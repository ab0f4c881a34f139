import { expect, test } from 'vitest';
import {
  MAX_NEW_TILES,
  type Rendered,
  renderedNext,
} from '../../../../web/src/grid/rendered-rows.ts';
import type { Chunk } from '../../../../web/src/grid/sections.ts';

const chunks = [0, 1, 2].map((index) => ({ index }) as Chunk);

/** @param ranges of the chunks of which something is rendered: its number, the first tile and the end */
function rendered(...ranges: [number, number, number][]): Rendered {
  const parts = ranges.map(([index, first, end]) => ({
    chunk: chunks[index] as Chunk,
    first,
    end,
  }));
  const tiles = parts.reduce((sum, { first, end }) => sum + end - first, 0);
  return { sections: [], chunks: parts, tiles };
}

/** What each frame adds until nothing is left. */
function frames(wanted: Rendered, begin?: Rendered): Rendered[] {
  const all: Rendered[] = [];
  for (let last = begin; ; last = all.at(-1)) {
    const { rendered: next, isWhole } = renderedNext(wanted, last);
    all.push(next);
    if (isWhole) return all;
  }
}

test('what is new comes in steps, from above, until all of it is there', () => {
  const wanted = rendered([0, 60, 85], [1, 0, 30]);
  const all = frames(wanted);
  expect(all.map(({ tiles }) => tiles)).toEqual([20, 40, 55]);
  expect(all[1]?.chunks).toEqual(rendered([0, 60, 85], [1, 0, 15]).chunks);
  expect(all.at(-1)).toEqual(wanted);
});

test('what is there already stays, and costs nothing', () => {
  const last = rendered([0, 20, 100]);
  const down = frames(rendered([0, 30, 100], [1, 0, 10]), last);
  expect(down).toEqual([rendered([0, 30, 100], [1, 0, 10])]);
  const up = frames(rendered([0, 0, 60]), last);
  expect(up).toEqual([rendered([0, 0, 60])]);
  const both = frames(rendered([0, 10, 40]), rendered([0, 20, 25]));
  expect(both.map(({ tiles }) => tiles)).toEqual([5 + MAX_NEW_TILES, 30]);
});

test('a chunk that is not loaded is no work', () => {
  expect(frames(rendered([0, 0, 0]))).toEqual([rendered([0, 0, 0])]);
  expect(frames(rendered([0, 90, 100], [1, 0, 0]), rendered([2, 0, 50]))).toHaveLength(1);
});
