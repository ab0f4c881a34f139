import { beforeEach, describe, expect, test } from 'vitest';
import { type Anchor, anchorsAt, positionOfAnchor } from '../../../../web/src/grid/anchor.ts';
import { MAX_TILES, renderedAround } from '../../../../web/src/grid/rendered-rows.ts';
import { metricsFor } from '../../../../web/src/grid/rows.ts';
import { type Chunk, HEADING_HEIGHT } from '../../../../web/src/grid/sections.ts';
import { createTimeline, type Timeline } from '../../../../web/src/grid/timeline.ts';
import { bucket, mediaItem } from './media-item.ts';

const VIEW = 800;
let timeline: Timeline;
beforeEach(() => {
  timeline = createTimeline(metricsFor(1200));
  timeline.append([bucket(20, 3), bucket(19, 250), bucket(2, 10)]);
});

function chunk(index: number): Chunk {
  const found = timeline.chunks[index];
  if (found === undefined) throw new Error(`There is no chunk ${index}`);
  return found;
}

/** Loads a chunk with pictures of one shape. */
function load(index: number, aspect = 4 / 3): Chunk {
  const found = chunk(index);
  const offset = index * 1000;
  const day = Date.parse(found.section.from);
  const items = Array.from({ length: found.count }, (_, n) =>
    mediaItem(offset + n, {
      width: aspect * 300,
      receivedAt: new Date(day + 43_200_000 - (offset + n) * 1000).toISOString(),
    }),
  );
  timeline.setItems(found, items);
  return found;
}

describe('days', () => {
  test('have chunks of at most 100, one below the other', () => {
    expect(timeline.chunks.map(({ count }) => count)).toEqual([3, 100, 100, 50, 10]);
    let bottom = 0;
    for (const { index, section, top, height } of timeline.chunks) {
      if (index === 0) {
        expect(section.top).toBe(bottom);
        bottom += HEADING_HEIGHT;
      }
      expect(top).toBe(bottom);
      bottom += height;
    }
    expect(timeline.height).toBe(bottom);
  });

  test('are found by their place', () => {
    expect(timeline.chunkAt(0)).toBe(chunk(0));
    expect(timeline.chunkAt(chunk(2).top)).toBe(chunk(2));
    expect(timeline.chunkAt(chunk(2).top - 1)).toBe(chunk(1));
    expect(timeline.sectionAt(timeline.height * 2)).toBe(timeline.sections[2]);
  });

  test('have as many attachments as were loaded', () => {
    timeline.setItems(chunk(4), [mediaItem(1), mediaItem(2)]);
    expect(timeline.sections[2]?.count).toBe(2);
  });
});

test('a million attachments on one day are laid out in chunks', () => {
  timeline = createTimeline(metricsFor(1200));
  timeline.append([bucket(20, 1_000_000)]);
  expect(timeline.chunks).toHaveLength(10_000);
  expect(timeline.height).toBeGreaterThan(16_000_000);
});

describe('what has arrived', () => {
  const arrived = mediaItem(-60);

  test('is put into its day, in order', () => {
    load(0);
    expect(timeline.insert([arrived], false)).toBe(true);
    expect(chunk(0).items?.map(({ sid }) => sid)).toEqual(
      [arrived, mediaItem(0), mediaItem(1), mediaItem(2)].map(({ sid }) => sid),
    );
    expect(timeline.sections[0]?.count).toBe(4);
  });

  test('is laid out once, however much it is, on old days and new ones', () => {
    load(0);
    const many = [-100_000, -70, -60, -100_001].map((seconds) => mediaItem(seconds));
    expect(timeline.insert(many, false)).toBe(true);
    expect(timeline.chunks.map(({ count }) => count).slice(0, 2)).toEqual([2, 5]);
    const newest = chunk(0).items?.map(({ sid }) => sid);
    expect(newest).toEqual([many[3]?.sid, many[0]?.sid]);
    expect(timeline.find(mediaItem(0).sid)).toEqual({ chunk: chunk(1), index: 2 });
  });

  test('gets rows of its own above those that are read, until it is joined with them', () => {
    const day = load(0);
    const before = day.layout?.boxes ?? [];
    for (const [n, seconds] of [-60, -70].entries()) {
      expect(timeline.insert([mediaItem(seconds)], true)).toBe(true);
      const { boxes = [], rows = [], height = 0 } = day.layout ?? {};
      const down = (boxes[n + 1]?.top ?? 0) - (before[0]?.top ?? 0);
      expect(down).toBeGreaterThan(0);
      expect(boxes.slice(n + 1)).toEqual(before.map((box) => ({ ...box, top: box.top + down })));
      expect(rows.at(-1)?.end).toBe(before.length + n + 1);
      expect(height).toBe(day.height);
    }
    // Out of order: there is no way around it.
    timeline.insert([mediaItem(1.5)], true);
    const whole = day.layout;
    timeline.joinArrived();
    expect(day.layout).toEqual(whole);
    timeline.insert([mediaItem(-80)], true);
    timeline.joinArrived();
    expect(day.layout?.boxes[1]?.top).toBe(day.layout?.boxes[0]?.top);
  });

  test('begins a day', () => {
    const next = mediaItem(-100_000);
    expect(timeline.insert([next], false)).toBe(true);
    expect(timeline.sections).toHaveLength(4);
    expect(timeline.find(next.sid)).toEqual({ chunk: chunk(0), index: 0 });
  });

  test('is not counted twice where nothing is loaded', () => {
    expect(timeline.insert([arrived], false)).toBe(false);
    expect(timeline.sections[0]?.count).toBe(3);
  });
});

test('a new version of an attachment keeps the place of its tile', () => {
  const { layout } = load(0);
  timeline.update([mediaItem(1, { width: 100, state: 'deleted' }), mediaItem(500)], false);
  expect(chunk(0).items?.[1]?.state).toBe('deleted');
  expect(chunk(0).layout).toBe(layout);
});

test('one whose size is known later has its shape when it may move', () => {
  load(0);
  timeline.update([mediaItem(1, { width: 150 })], true);
  const box = chunk(0).layout?.boxes[1];
  expect((box?.width ?? 0) / (box?.height ?? 1)).toBeCloseTo(0.5, 1);
  expect(chunk(1).top).toBeGreaterThanOrEqual(chunk(0).top + chunk(0).height);
});

test('what is forgotten stays as high as it was', () => {
  const { height } = load(1, 0.6);
  timeline.unload(chunk(1));
  expect(chunk(1)).toMatchObject({ items: undefined, height });
  expect(timeline.find(mediaItem(1000).sid)).toBeUndefined();
});

describe('what is seen', () => {
  function anchor(position: number): Anchor {
    const [first] = anchorsAt(timeline, position, VIEW);
    if (first === undefined) throw new Error('Nothing is seen');
    return first;
  }

  test('stays where it is when what is above gets its height', () => {
    load(2);
    const position = chunk(2).top + 500;
    const seen = anchor(position);
    expect(seen.kind).toBe('tile');
    const before = timeline.height;
    load(1, 0.5);
    expect(timeline.height).not.toBe(before);
    expect(positionOfAnchor(timeline, seen)).toBe(position + timeline.height - before);
  });

  test('is a heading when that comes first', () => {
    const top = timeline.sections[2]?.top ?? 0;
    expect(anchor(top - 10)).toMatchObject({ kind: 'heading', offset: 10 });
  });

  test('is a part of a chunk that is not loaded', () => {
    const position = chunk(1).top + chunk(1).height / 2;
    expect(anchor(position)).toMatchObject({ kind: 'chunk', index: 0, part: 0.5 });
    expect(positionOfAnchor(timeline, anchor(position))).toBe(position);
  });

  test('is found again after the page has turned', () => {
    load(1);
    const seen = anchor(chunk(1).top + 1000);
    timeline.setMetrics(metricsFor(390));
    const found = positionOfAnchor(timeline, seen) ?? 0;
    const row = anchorsAt(timeline, found, VIEW).find(({ kind }) => kind === 'tile');
    expect(row).toBeDefined();
  });

  test('is not found when it is gone', () => {
    load(0);
    const seen = anchor(HEADING_HEIGHT + 1);
    timeline.setItems(chunk(0), []);
    expect(positionOfAnchor(timeline, seen)).toBeUndefined();
  });
});

describe('what is in the document', () => {
  test('is a screen above and below what is seen', () => {
    for (const index of [0, 1, 2, 3, 4]) load(index);
    const position = chunk(1).top + 2000;
    const { chunks, tiles, sections } = renderedAround(timeline, position, VIEW, VIEW);
    expect(sections).toEqual([timeline.sections[1]]);
    expect(chunks.map(({ chunk: found }) => found)).toEqual([chunk(1)]);
    const rows = (3 * VIEW) / 200;
    expect(tiles / 5).toBeGreaterThan(rows - 4);
    expect(tiles / 3).toBeLessThan(rows + 20);
  });

  test('is never too much, however narrow the pictures and large the screen', () => {
    timeline = createTimeline({ width: 7680, rowHeight: 280, gap: 4 });
    timeline.append([bucket(20, 2000)]);
    for (let index = 0; index < 20; index += 1) load(index, 0.4);
    const { tiles } = renderedAround(timeline, timeline.height / 2, 4320, 4320);
    expect(tiles).toBeGreaterThan(200);
    expect(tiles).toBeLessThanOrEqual(MAX_TILES);
  });

  test('is the place of what is not loaded', () => {
    const { chunks } = renderedAround(timeline, 0, VIEW, VIEW);
    expect(chunks.map(({ end }) => end)).toEqual([0, 0]);
  });
});
