import { expect, test } from 'vitest';
import type { BulkAct } from '../../../../web/src/api/types.ts';
import {
  type BulkSelection,
  canUndo,
  needsConsent,
  selectionBody,
} from '../../../../web/src/bulk/bulk-selection.ts';
import {
  outcomeTexts,
  partDone,
  plannedTexts,
  selectionText,
} from '../../../../web/src/bulk/bulk-words.ts';

const none: BulkAct['counts'] = {
  todo: 0,
  changed: 0,
  unchanged: 0,
  unknown: 0,
  deleted: 0,
  claimed: 0,
  decided: 0,
  undone: 0,
};
const everything: BulkSelection = { kind: 'filter', filter: {} };
const chosen: BulkSelection = { kind: 'sids', sids: ['ME1', 'ME2'] };

test('a selection as the API takes it', () => {
  expect(selectionBody(chosen)).toEqual({ sids: ['ME1', 'ME2'] });
  expect(selectionBody(everything)).toEqual({ filter: {} });
  const filter = { from: '+15551234567', kind: 'picture', hasLocation: true } as const;
  expect(selectionBody({ kind: 'filter', filter })).toEqual({
    filter: { from: '+15551234567', contentType: 'image/', hasLocation: true },
  });
  const now = Date.parse('2026-11-24T10:00:00.000Z');
  const queue = { kind: 'queue', name: 'held', filter: { label: 'spam', age: 'hour' } } as const;
  expect(selectionBody(queue, now)).toEqual({
    queue: 'held',
    filter: { label: 'spam', receivedBefore: '2026-11-24T09:00:00.000Z' },
  });
});

test('a selection in words', () => {
  expect(selectionText(chosen)).toBe('2 selected attachments');
  expect(selectionText(everything)).toContain('There is no filter');
  const filter = { from: '+15551234567', moderation: 'held' } as const;
  expect(selectionText({ kind: 'filter', filter })).toMatch(/loaded: From \+15551234567 and Held$/);
  expect(selectionText({ kind: 'queue', name: 'held', filter: {} })).toBe(
    'All attachments in the queue “Held”',
  );
  expect(
    selectionText({ kind: 'queue', name: 'failed', filter: { kind: 'video', age: 'day' } }),
  ).toMatch(/“Failed” that the filter finds: Videos and Over a day$/);
});

test('what was counted, and what has come of it', () => {
  const counts = { ...none, todo: 2, unchanged: 1, claimed: 1, deleted: 3 };
  expect(plannedTexts({ action: 'quarantine', counts })).toEqual([
    '2 attachments will be quarantined.',
    '1 is quarantined already.',
    '1 is left alone: somebody else works on it.',
    '3 were deleted before.',
  ]);
  expect(plannedTexts({ action: 'delete', counts: none })).toEqual(['There is nothing to do.']);
  const ended = { ...none, changed: 1, decided: 2, unknown: 1, todo: 4 };
  expect(outcomeTexts({ action: 'hold', counts: ended })).toEqual([
    '1 attachment held.',
    '2 are left alone: somebody else or a rule has decided since.',
    '1 does not exist.',
    '4 were not reached.',
  ]);
  expect(outcomeTexts({ action: 'undo', counts: { ...none, changed: 2 } })).toEqual([
    '2 attachments put back.',
  ]);
  expect(outcomeTexts({ action: 'hold', counts: none })).toEqual(['There was nothing to do.']);
});

test('how much is done', () => {
  expect(partDone({ total: 4, counts: { ...none, todo: 1, changed: 3 } })).toBe(0.75);
  expect(partDone({ total: 0, counts: none })).toBe(1);
});

test('asked twice about everything, and about a delete of what nobody has seen', () => {
  const queue = { kind: 'queue', name: 'held', filter: {} } as const;
  expect(needsConsent(everything, 'hold')).toBe(true);
  expect(needsConsent(queue, 'delete')).toBe(true);
  expect(needsConsent(queue, 'quarantine')).toBe(false);
  expect(needsConsent(chosen, 'delete')).toBe(false);
});

test('a decision that has ended and changed something can be undone', () => {
  const ended: BulkAct = {
    id: '00000000-0000-4000-8000-000000000000',
    action: 'hold',
    requestedBy: 'ada',
    reasonCode: null,
    reason: null,
    state: 'cancelled',
    createdAt: '2026-11-24T10:00:00.000Z',
    endedAt: '2026-11-24T10:00:01.000Z',
    queue: null,
    undoOf: null,
    total: 2,
    counts: { ...none, changed: 1, todo: 1 },
  };
  expect(canUndo(ended)).toBe(true);
  expect(canUndo({ ...ended, endedAt: null })).toBe(false);
  expect(canUndo({ ...ended, counts: { ...none, undone: 1 } })).toBe(false);
  for (const action of ['delete', 'scan', 'undo'] as const) {
    expect(canUndo({ ...ended, action })).toBe(false);
  }
});
