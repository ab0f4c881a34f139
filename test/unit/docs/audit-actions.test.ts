import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AUDIT_ACTIONS } from '../../../src/audit/record-audit.ts';

const page = readFileSync(new URL('../../../docs/moderation-api.md', import.meta.url), 'utf8');

test('docs/moderation-api.md has every act of the audit log in its table, and no other', () => {
  const [table = ''] = /^\| `action`[\s\S]*?\n\n/m.exec(page) ?? [];
  const named = [...table.matchAll(/`([a-z]+\.[a-z-]+)`/g)].map(([, action]) => action);
  expect(named.toSorted()).toEqual(AUDIT_ACTIONS.toSorted());
});
