import { expect, test } from 'vitest';
import { createRollbackCheck } from '../../../src/jobs/job-recovery.ts';

test('tells a clock that was set back from one that goes on, or ahead', () => {
  let elapsed = 0;
  const wasRolledBack = createRollbackCheck(() => elapsed);
  const look = (clock: number) => {
    elapsed += 30_000;
    return wasRolledBack(clock);
  };
  const start = 1_000_000_000;
  expect(look(start)).toBe(false);
  expect(look(start + 30_000)).toBe(false);
  // Corrected by a second, as clocks are.
  expect(look(start + 59_000)).toBe(false);
  expect(look(start + 3_600_000)).toBe(false);
  expect(look(start + 120_000)).toBe(true);
  expect(look(start + 150_000)).toBe(false);
});
