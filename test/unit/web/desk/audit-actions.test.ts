import { expect, test } from 'vitest';
import { AUDIT_ACTIONS } from '../../../../src/audit/record-audit.ts';
import { strings } from '../../../../web/src/strings.ts';

test('the page has words for every action of the audit log, and searches for no other', () => {
  expect(Object.keys(strings.desk.audit.actions).toSorted()).toEqual([...AUDIT_ACTIONS].toSorted());
});
