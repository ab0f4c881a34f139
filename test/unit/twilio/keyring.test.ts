import { expect, test } from 'vitest';
import { createKeyring } from '../../../src/twilio/keyring.ts';

const ONE = `AC${'1'.repeat(32)}`;
const TWO = `AC${'2'.repeat(32)}`;
const pair = (accountSid: string, authToken: string) => ({ accountSid, authToken });

test('a token counts for its own account alone, in its order, once', () => {
  const keyring = createKeyring([pair(ONE, 'a'), pair(TWO, 'b'), pair(ONE, 'c'), pair(ONE, 'a')]);
  expect(keyring.tokensOf(ONE)).toEqual(['a', 'c']);
  expect(keyring.tokensOf(TWO)).toEqual(['b']);
  expect(keyring.tokensOf('__proto__')).toEqual([]);
  expect(keyring.accounts()).toEqual([ONE, TWO]);
});

test('all are replaced at once; who reads a list keeps it', () => {
  const keyring = createKeyring([pair(ONE, 'a'), pair(TWO, 'b')]);
  const before = keyring.tokensOf(ONE);
  keyring.replace([pair(ONE, 'c')]);
  expect(before).toEqual(['a']);
  expect(keyring.tokensOf(ONE)).toEqual(['c']);
  expect(keyring.tokensOf(TWO)).toEqual([]);
});
