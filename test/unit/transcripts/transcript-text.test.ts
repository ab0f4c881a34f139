import { expect, test } from 'vitest';
import {
  foldText,
  foldWords,
  MAX_TEXT,
  storedText,
} from '../../../src/transcripts/transcript-text.ts';

test.each([
  [' Call me back. ', 'Call me back.'],
  ['one\r\ntwo\rthree\tfour', 'one\ntwo\nthree\tfour'],
  ['a\0b\u0007c\u001b[31md\u0085e\u007f', 'abc[31mde'],
  ['half a \ud83d pair \ude00', 'half a \ufffd pair \ufffd'],
  ['\ud83d\ude00', '\ud83d\ude00'],
  ['', ''],
])('%j is kept as %j', (text, kept) => {
  expect(storedText({ text })).toMatchObject({ text: kept, reason: null });
});

test('a text that is too long is cut, with the reason, and not within a character', () => {
  const { text, searchText, reason } = storedText({
    text: `${'x'.repeat(MAX_TEXT - 1)}\u{1f600}y`,
  });
  expect(text).toBe('x'.repeat(MAX_TEXT - 1));
  expect(reason).toContain(String(MAX_TEXT));
  expect(searchText).toBe(text);
});

test('what grows when it is folded stays within the limit', () => {
  // Eighteen characters in its compatible form.
  const { searchText } = storedText({ text: '\ufdfa'.repeat(MAX_TEXT) });
  expect(searchText.length).toBeLessThanOrEqual(MAX_TEXT);
});

test.each([
  ['Rückruf ÜBER', 'rückruf über'],
  ['ПРИВЕТ', 'привет'],
  // A letter with a combining mark, a full-width letter, a ligature.
  ['A\u0308 Ａ \ufb01', 'ä a fi'],
])('%j is compared as %j', (text, folded) => {
  expect(foldText(text)).toBe(folded);
});

test('words are compared each once', () => {
  expect(foldWords(['Call', 'me', 'CALL\u3000back'])).toEqual(['call', 'me', 'back']);
});
