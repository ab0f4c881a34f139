import { expect, test } from 'vitest';
import { addItem, addWork } from '../../../../web/src/desk/breaks/work-time.ts';

const AT = Date.UTC(2026, 10, 30, 10);
const kept = { ms: 60_000, items: 3, until: AT };

test('what a tab has worked is added', () => {
  expect(addWork(kept, 5000, AT + 5000)).toEqual({ ms: 65_000, items: 3, until: AT + 5000 });
});

test('two tabs that are seen at once count once', () => {
  // The other one has counted until two seconds ago.
  expect(addWork(kept, 5000, AT + 2000)).toEqual({ ms: 62_000, items: 3, until: AT + 2000 });
});

test('what no tab has counted is no work', () => {
  const later = AT + 4 * 60_000;
  expect(addWork(kept, 5000, later)).toEqual({ ms: 65_000, items: 3, until: later });
});

test('who was away for five minutes has had a break', () => {
  const later = AT + 5 * 60_000 + 5000;
  expect(addWork(kept, 5000, later)).toEqual({ ms: 5000, items: 0, until: later });
});

test('a clock that is set back stops nothing, and one that is set forward counts nothing', () => {
  const before = AT - 3_600_000;
  expect(addWork(kept, 5000, before)).toEqual({ ms: 65_000, items: 3, until: before });
  const day = AT + 86_400_000;
  expect(addWork(kept, 5000, day).ms).toBe(5000);
});

test('attachments are counted from the first one on', () => {
  const first = addItem({ ms: 0, items: 0, until: 0 }, AT);
  expect(first).toEqual({ ms: 0, items: 1, until: AT });
  expect(addItem(addWork(first, 1000, AT + 1000), AT + 1000).items).toBe(2);
});
