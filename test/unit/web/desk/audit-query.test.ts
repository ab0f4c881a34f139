import { expect, test } from 'vitest';
import { auditQueryOf, exportHref } from '../../../../web/src/desk/audit/audit-query.ts';

test('days are those of the reader, the last one included', () => {
  expect(auditQueryOf({ actor: 'ada', since: '2026-01-31', until: '2026-01-31' })).toEqual({
    actor: 'ada',
    since: new Date(2026, 0, 31).toISOString(),
    until: new Date(2026, 1, 1).toISOString(),
  });
});

test('a day that does not exist is left out', () => {
  expect(auditQueryOf({ since: '2026-02-31' })).toEqual({});
});

test('the file has what is searched for', () => {
  const filter = { action: 'media.delete', target: 'a b&c' };
  expect(exportHref(filter)).toBe('/api/v1/audit/export?action=media.delete&target=a+b%26c');
});
