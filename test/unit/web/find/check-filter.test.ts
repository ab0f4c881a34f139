import { expect, test } from 'vitest';
import { ApiProblem } from '../../../../web/src/api/api-problem.ts';
import {
  checkDraft,
  type Draft,
  draftOf,
  EMPTY_DRAFT,
  problemsOf,
} from '../../../../web/src/find/check-filter.ts';

const check = (draft: Partial<Draft>) => checkDraft({ ...EMPTY_DRAFT, ...draft });

test('an empty form is no filter', () => {
  expect(check({})).toEqual({ filter: {}, problems: {} });
});

test('what is filled in is read as the API takes it', () => {
  const filled = {
    from: ' (555) 123-4567 ',
    text: ' roof leak ',
    since: '2026-03-01',
    until: '2026-03-01',
    kind: 'contact',
    hasLocation: 'false',
    sha256: 'AB'.repeat(32),
  };
  const filter = {
    from: '+15551234567',
    text: 'roof leak',
    since: '2026-03-01',
    until: '2026-03-01',
    kind: 'contact',
    hasLocation: false,
    sha256: 'ab'.repeat(32),
  } as const;
  expect(check(filled)).toEqual({ filter, problems: {} });
  expect(check(draftOf(filter))).toEqual({ filter, problems: {} });
});

test.each([
  ['from', { from: 'who is this?' }],
  ['to', { to: '+1' }],
  ['since', { since: '2026-02-30' }],
  ['since', { since: '0020-02-03' }],
  ['until', { since: '2026-03-02', until: '2026-03-01' }],
  ['text', { text: 'a b c d e f g h i j k' }],
  ['text', { text: 'a'.repeat(201) }],
  ['sha256', { sha256: 'abc' }],
  ['kind', { state: 'pending', kind: 'picture' }],
  ['hasLocation', { state: 'failed', hasLocation: 'true' }],
] as const)('a problem of %s: %j', (name, draft) => {
  expect(Object.keys(check(draft).problems)).toEqual([name]);
});

test('what the API refuses is said at the field that it comes from', () => {
  const error = new ApiProblem('invalid_request', 400, 'Not valid.', [
    { field: 'receivedBefore', message: 'a date' },
    { field: 'text', message: 'words' },
    { field: 'limit', message: 'a number' },
  ]);
  expect(problemsOf(error)).toEqual({ until: 'a date', text: 'words' });
  expect(problemsOf(new Error('other'))).toEqual({});
});
