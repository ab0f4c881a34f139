import { expect, test } from 'vitest';
import { judgeMatch } from '../../../src/moderation/blocklist/match-blob.ts';
import { judgeVerdict } from '../../../src/screening/classifier.ts';
import { scanAnswer } from '../../../src/screening/http-classifier.ts';

const match = {
  id: 7n,
  reasonCode: null,
  policy: 'quarantine',
  kind: 'pdq',
  distance: 12,
} as const;

test.each([
  [match, 'quarantine', 'blocklist', 'matches blocklist entry 7, distance 12'],
  [
    { ...match, kind: 'sha256', distance: 0, policy: 'delete', reasonCode: 'spam' } as const,
    'delete',
    'spam',
    'matches blocklist entry 7, the same bytes',
  ],
])('a match says which entry, and how near: %#', (found, act, reasonCode, reason) => {
  const decider = { actor: 'system:blocklist', reasonCode, reason };
  const distance = found.kind === 'pdq' ? found.distance : null;
  const caughtBy = { entryId: found.id, distance };
  expect(judgeMatch(found)).toEqual({ act, decider, caughtBy });
});

const at = '2026-01-01T00:00:00.000Z';
const verdict = (answer: object) => ({ ...scanAnswer.parse(answer), at });

test.each([
  [{ action: 'hold', labels: ['a', 'b'], reason: 'why' }, 'a, b: why'],
  [{ action: 'hold', labels: ['a'] }, 'a'],
  [{ action: 'hold', reason: 'why' }, 'why'],
  [{ action: 'hold' }, null],
  [{ action: 'hold', reason: 'call +1 415 555 0123' }, 'call +* *** *** **23'],
])('a verdict keeps labels and reason: %j', (answer, reason) => {
  expect(judgeVerdict(verdict(answer))).toEqual({
    act: 'hold',
    decider: { actor: 'system:scan', reasonCode: 'scan', reason },
  });
});

test('what is allowed is judged by nobody', () => {
  expect(judgeVerdict(verdict({ action: 'allow', labels: ['harmless'] }))).toBeNull();
});

test.each([
  [{}],
  [{ action: 'burn' }],
  [{ action: 'hold', labels: Array(21).fill('x') }],
  [{ action: 'hold', labels: ['x'.repeat(65)] }],
  [{ action: 'hold', labels: ['a\0b'] }],
  [{ action: 'hold', labels: [''] }],
  [{ action: 'hold', labels: [1] }],
  [{ action: 'hold', labels: 'nudity' }],
  [{ action: 'hold', reason: 'x'.repeat(301) }],
  [['hold']],
  ['hold'],
  [null],
])('not as agreed: %j', (answer) => {
  expect(scanAnswer.safeParse(answer).success).toBe(false);
});
