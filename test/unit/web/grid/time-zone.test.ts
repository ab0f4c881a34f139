import { expect, test } from 'vitest';
import { fixedZone } from '../../../../web/src/grid/time-zone.ts';

test.each([
  { offsets: [0, 60], zone: 'UTC' },
  { offsets: [60, 120], zone: 'Etc/GMT-1' },
  // Summer is in January.
  { offsets: [660, 630], zone: 'Etc/GMT-10' },
  { offsets: [330, 330], zone: 'Etc/GMT-5' },
  { offsets: [-210, -150], zone: 'Etc/GMT+4' },
])('days of $zone begin with the local ones, or soon after', ({ offsets, zone }) => {
  expect(fixedZone(offsets)).toBe(zone);
  expect(() => new Intl.DateTimeFormat('en', { timeZone: zone })).not.toThrow();
});
