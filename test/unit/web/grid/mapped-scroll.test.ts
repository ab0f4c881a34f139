import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contentHeight,
  isCramped,
  MAX_HEIGHT,
  positionOf,
  scrolled,
  scrollTopOf,
} from '../../../../web/src/grid/mapped-scroll.ts';

const view = 800;
const small = { list: 50_000, view };
/** 1,000,000 attachments, four in a row of 200 pixels. */
const huge = { list: 50_000_000, view };
const atEnd = huge.list - view;

describe('the element', () => {
  test('is as high as the list, but never higher than browsers can', () => {
    expect(contentHeight(small)).toBe(50_000);
    expect(contentHeight(huge)).toBe(MAX_HEIGHT);
  });

  test('has the place of the list for its own when the list is small', () => {
    expect(scrollTopOf(1234, small)).toBe(1234);
    expect(positionOf(1234, small)).toBe(1234);
  });

  test('has both ends of a list of a million pixel by pixel', () => {
    expect(scrollTopOf(500_000, huge)).toBe(500_000);
    expect(scrollTopOf(atEnd, huge)).toBe(MAX_HEIGHT - view);
    expect(scrollTopOf(atEnd - 700, huge)).toBe(MAX_HEIGHT - view - 700);
  });

  test('leads to every part of a list of a million and back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: atEnd }), (position) => {
        const scrollTop = scrollTopOf(position, huge);
        expect(scrollTop).toBeLessThanOrEqual(MAX_HEIGHT - view);
        // One pixel of the element is some of the list.
        expect(Math.abs(positionOf(scrollTop, huge) - position)).toBeLessThan(10);
      }),
    );
  });

  test('is further down the further down the list is', () => {
    fc.assert(
      fc.property(fc.nat(atEnd - 100_000), fc.integer({ min: 10, max: 100_000 }), (from, step) => {
        expect(scrollTopOf(from + step, huge)).toBeGreaterThan(scrollTopOf(from, huge));
      }),
    );
  });
});

describe('scrolling', () => {
  test('in small steps moves the list by as much, in a list of a million, too', () => {
    const place = { position: 25_000_000, scrollTop: 4_000_000 };
    expect(scrolled(place, 4_000_120, huge)).toEqual({
      position: 25_000_120,
      scrollTop: 4_000_120,
    });
  });

  test('by the scrollbar goes to that part of the list', () => {
    const place = { position: 0, scrollTop: 0 };
    const { position } = scrolled(place, MAX_HEIGHT / 2, huge);
    expect(position / huge.list).toBeCloseTo(0.5, 2);
    expect(scrolled(place, MAX_HEIGHT - view, huge).position).toBe(atEnd);
  });

  test('never leads out of the list', () => {
    expect(scrolled({ position: 10, scrollTop: 500 }, 100, small).position).toBe(0);
    expect(scrolled({ position: 49_100, scrollTop: 100 }, 900, small).position).toBe(49_200);
  });
});

test.each([
  ['at rest at the top', { position: 0, scrollTop: 0 }, small, false],
  ['in the middle', { position: 25_000_000, scrollTop: 4_000_000 }, huge, false],
  ['more above than the element can be scrolled', { position: 3000, scrollTop: 100 }, small, true],
  ['the element ends first', { position: 30_000_000, scrollTop: 7_999_000 }, huge, true],
  ['the element can be scrolled beyond the top', { position: 0, scrollTop: 300 }, small, true],
])('%s: cramped or not', (_, place, extent, expected) => {
  expect(isCramped(place, extent)).toBe(expected);
});
