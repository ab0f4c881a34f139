import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimateHeight, layOut, metricsFor, shownAspect } from '../../../../web/src/grid/rows.ts';

const metrics = metricsFor(1200);
const aspects = fc.array(fc.double({ min: 0.4, max: 3, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});

test.each([
  [320, 108],
  [1200, 200],
  [3840, 280],
])('a page %i wide has rows about %i high', (width, rowHeight) => {
  expect(metricsFor(width).rowHeight).toBe(rowHeight);
});

test.each([
  [400, 300, 4 / 3],
  [10_000, 100, 3],
  [10, 1000, 0.4],
  [0, 0, 4 / 3],
])('%i × %i is shown as %d', (width, height, aspect) => {
  expect(shownAspect(width, height)).toBeCloseTo(aspect);
});

describe('rows', () => {
  test('fill the width, in order, without overlap', () => {
    fc.assert(
      fc.property(aspects, fc.boolean(), (given, isLast) => {
        const { boxes, rows, height } = layOut(given, metrics, isLast);
        expect(boxes).toHaveLength(given.length);
        let bottom = -metrics.gap;
        for (const row of rows) {
          expect(row.top).toBeGreaterThanOrEqual(bottom + metrics.gap - 1);
          bottom = row.top + row.height;
          const inRow = boxes.slice(row.first, row.end);
          let right = -metrics.gap;
          for (const { left, width } of inRow) {
            expect(Math.abs(left - right - metrics.gap)).toBeLessThanOrEqual(1);
            right = left + width;
          }
          expect(right).toBeLessThanOrEqual(metrics.width + 1);
          if (row !== rows.at(-1)) expect(right).toBeGreaterThanOrEqual(metrics.width - 1);
        }
        expect(height).toBe(bottom + metrics.gap);
        expect(rows.at(-1)?.end).toBe(given.length);
      }),
    );
  });

  test('with more below, the last row of many is as wide as the others and about as high', () => {
    const given = Array.from({ length: 200 }, (_, index) => 0.6 + ((index * 37) % 11) / 8);
    const { boxes, rows } = layOut(given, metrics, false);
    const last = rows.at(-1);
    const box = boxes.at(-1);
    expect((box?.left ?? 0) + (box?.width ?? 0)).toBeCloseTo(metrics.width, -0.5);
    expect(last?.height).toBeLessThan(metrics.rowHeight * 1.5);
  });

  test('of a single picture keep its proportions', () => {
    const [box] = layOut([1], metrics, true).boxes;
    expect(box).toEqual({ left: 0, top: 0, width: 200, height: 200 });
  });
});

test('the estimate is near what common pictures need', () => {
  const real = layOut(
    Array.from({ length: 200 }, () => 4 / 3),
    metrics,
    false,
  ).height;
  expect(estimateHeight(200, metrics) / real).toBeCloseTo(1, 0);
  expect(estimateHeight(0, metrics)).toBe(0);
});
