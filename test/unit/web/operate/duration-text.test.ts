import { expect, test } from 'vitest';
import { durationText } from '../../../../web/src/operate/overview/duration-text.ts';

test.each([
  [0, '0 sec'],
  [0.04, '0 sec'],
  [1.25, '1.3 sec'],
  [42.4, '42 sec'],
  [119, '119 sec'],
  [120, '2 min'],
  [7199, '120 min'],
  [7200, '2 hr'],
  [86_400, '24 hr'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
