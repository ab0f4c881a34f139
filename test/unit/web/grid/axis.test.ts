import { beforeEach, describe, expect, test } from 'vitest';
import {
  marksOf,
  monthFrom,
  partOfPosition,
  positionOfPart,
} from '../../../../web/src/grid/axis.ts';
import { metricsFor } from '../../../../web/src/grid/rows.ts';
import { createTimeline, type Timeline } from '../../../../web/src/grid/timeline.ts';

/** Local days. */
function day(year: number, month: number, date: number, count = 10) {
  const at = (later: number) => new Date(year, month - 1, date + later).toISOString();
  return { from: at(0), to: at(1), count };
}

let timeline: Timeline;
beforeEach(() => {
  timeline = createTimeline(metricsFor(1200));
  timeline.append([
    day(2026, 11, 20),
    day(2026, 11, 3),
    day(2026, 10, 9, 70_000),
    day(2026, 3, 2),
    day(2025, 12, 24),
  ]);
});

describe('a place on the axis', () => {
  test('leads to the day that it shows, at its beginning', () => {
    for (const { top } of timeline.sections) {
      const part = partOfPosition(timeline, top);
      expect(positionOfPart(timeline, part + 1e-9)).toBe(top);
    }
  });

  test('is anywhere within a day of 70,000', () => {
    const large = timeline.sections[2];
    const middle = (large?.chunks[175]?.top ?? 0) + 100;
    const found = positionOfPart(timeline, partOfPosition(timeline, middle));
    expect(Math.abs(found - middle)).toBeLessThan(2);
  });

  test('has both ends', () => {
    expect(partOfPosition(timeline, 0)).toBe(0);
    expect(partOfPosition(timeline, timeline.height)).toBe(1);
    expect(positionOfPart(timeline, -1)).toBe(0);
    expect(positionOfPart(timeline, 2)).toBe(timeline.sections.at(-1)?.top);
  });

  test('leaves small days room beside a large one', () => {
    const [newest, , , oldest] = timeline.sections;
    const parts = [newest, oldest].map((section) => partOfPosition(timeline, section?.top ?? 0));
    expect(parts[0]).toBe(0);
    expect(1 - (parts[1] ?? 1)).toBeGreaterThan(0.015);
  });
});

test('the marks are months, years first where there is little room', () => {
  const months = marksOf(timeline, 0.001).map(({ from }) => new Date(from).getMonth() + 1);
  expect(months).toEqual([11, 10, 3, 12]);
  const years = marksOf(timeline, 0.5);
  expect(years.map(({ isYear }) => isYear)).toEqual([true, true]);
  expect(marksOf(createTimeline(metricsFor(390)), 0.1)).toEqual([]);
});

test.each([
  [0, 1, 2],
  [1, 1, 2],
  [2, 1, 3],
  [4, 1, 4],
  [3, -1, 2],
  [0, -1, 0],
] as const)('from day %i by month %i: day %i', (from, step, to) => {
  expect(monthFrom(timeline.sections, from, step)).toBe(to);
});
