import { expect, test } from 'vitest';
import { parseTokensFile, TokensFileError } from '../../../src/twilio/tokens.ts';

const ONE = `AC${'1'.repeat(32)}`;
const TWO = `AC${'b'.repeat(32)}`;

test.each([
  ['a pair', `${ONE}:hunter2`, [[ONE, 'hunter2']]],
  [
    'pairs of several accounts, in their order',
    `${TWO}:b\n${ONE}:a\n${TWO}:c\n`,
    [
      [TWO, 'b'],
      [ONE, 'a'],
      [TWO, 'c'],
    ],
  ],
  ['comments and empty lines', `# old\n\n  ${ONE}:a  # until May\n#${TWO}:b\n`, [[ONE, 'a']]],
  ['a token with a colon and a #', `${ONE}:a:b#c`, [[ONE, 'a:b#c']]],
  [
    'lines that end as on Windows, behind a byte order mark',
    `\uFEFF${ONE}:a\r\n${TWO}:b\r\n`,
    [
      [ONE, 'a'],
      [TWO, 'b'],
    ],
  ],
])('%s', (_name, text, pairs) => {
  const expected = pairs.map(([accountSid, authToken]) => ({ accountSid, authToken }));
  expect(parseTokensFile(text)).toEqual(expected);
});

test.each([
  ['nothing', '', /empty/],
  ['white space', ' \n\n', /empty/],
  ['comments alone', `# none at the moment\n  #${ONE}:hunter2\n`, /only comments/],
  ['a token without an account', `${ONE}:a\nhunter2`, /^line 2 of/],
  ['an account without a token', `${ONE}:`, /^line 1 of/],
  ['a malformed account', `AC12:hunter2`, /^line 1 of/],
  ['white space inside a token', `${ONE}:hunter 2`, /^line 1 of/],
  ['two pairs in a line', `${ONE}:a, ${TWO}:hunter2`, /^line 1 of/],
  ['several mistakes', `x\n${ONE}:a\n\n# y\nhunter2`, /^lines 1, 5 of/],
  ['very many mistakes', 'hunter2\n'.repeat(1000), /^lines 1, 2, 3, 4, 5 and 995 more of/],
])('%s cannot be used, and no value is quoted', (_name, text, message) => {
  const problem = () => parseTokensFile(text);
  expect(problem).toThrow(TokensFileError);
  expect(problem).toThrow(message);
  expect(problem).not.toThrow(/hunter/);
});
