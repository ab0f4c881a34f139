import { expect, test } from 'vitest';
import { parseRetentionRules } from '../../../../src/moderation/retention/retention-rules.ts';

test.each([
  [['365'], { visible: 365, held: 365, quarantined: 365, failed: 365 }],
  [['visible:365', 'failed:30'], { visible: 365, failed: 30 }],
  [[], {}],
])('%j are rules', (items, rules) => {
  expect(parseRetentionRules(items)).toEqual(rules);
});

test.each([
  [['0']],
  [['-1']],
  [['1.5']],
  [['99999']],
  [['visible']],
  [['visible:']],
  [['stored:3']],
  [['visible:3', 'visible:4']],
  [['30', 'failed:4']],
  [['toString:3']],
])('%j are none', (items) => {
  expect(parseRetentionRules(items)).toBeNull();
});
