import { expect, test, vi } from 'vitest';
import { chooseItems } from '../../../src/metadata/iso/choose-items.ts';
import type { SmallBox } from '../../../src/metadata/iso/item-tables.ts';

test('a property that is named a hundred thousand times is read once', () => {
  const body = Buffer.concat([Buffer.alloc(4), Buffer.alloc(400_000, 'A')]);
  const read = vi.spyOn(body, 'toString');
  const properties = [{ type: 'auxC', body }] as unknown as SmallBox[];
  const ipma = Array.from({ length: 400 }, () => ({
    id: 1,
    properties: Array.from({ length: 255 }, () => ({ position: 1, isEssential: false })),
  }));
  const infos = [{ id: 1, type: 'hvc1' }];
  const items = { primary: 1, infos, references: [], associations: ipma, properties };
  expect(chooseItems(items as unknown as Parameters<typeof chooseItems>[0])).toEqual(new Set([1]));
  expect(read).toHaveBeenCalledTimes(1);
  expect(read.mock.results[0]?.value.length).toBeLessThan(1000);
});
