import { request } from 'undici';
import { expect, test } from 'vitest';
import { createAskTwilio } from '../../../src/twilio/ask-twilio.ts';
import { standIn } from '../../support/stand-in-server.ts';

const ACCOUNT = `AC${'1'.repeat(32)}`;

/** A Twilio that accepts one of `a`, `b`, `c`, and the requests it got. */
async function start(accepted: string, refusal = 401) {
  const twilio = { accepted, asked: '' };
  const url = await standIn(({ headers }, response) => {
    twilio.asked += headers.authorization;
    response.writeHead(headers.authorization === twilio.accepted ? 200 : refusal).end('words');
  });
  const askTwilio = createAskTwilio(() => ['a', 'b', 'c']);
  const ask = async () => {
    const answer = await askTwilio(ACCOUNT, (authorization) =>
      request(url, { headers: { authorization } }),
    );
    return [answer.statusCode, await answer.body.text()];
  };
  return { twilio, ask };
}

test('what is refused is followed by the next, and what worked comes first from then on', async () => {
  const { twilio, ask } = await start('b');
  expect(await ask()).toEqual([200, 'words']);
  expect(twilio.asked).toBe('ab');
  await ask();
  expect(twilio.asked).toBe('abb');
  twilio.accepted = 'a';
  await ask();
  expect(twilio.asked).toBe('abbba');
});

test.each([401, 403])('when all are refused the last %i is the answer', async (refusal) => {
  const { twilio, ask } = await start('none', refusal);
  expect(await ask()).toEqual([refusal, 'words']);
  expect(twilio.asked).toBe('abc');
});

test('any other answer is not asked for twice', async () => {
  const { twilio, ask } = await start('none', 404);
  expect(await ask()).toEqual([404, 'words']);
  expect(twilio.asked).toBe('a');
});
