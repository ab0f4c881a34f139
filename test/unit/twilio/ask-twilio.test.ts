import { Writable } from 'node:stream';
import { pino } from 'pino';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { createOutageLog } from '../../../src/monitoring/outage-log.ts';
import { createAskTwilio } from '../../../src/twilio/ask-twilio.ts';
import { standIn } from '../../support/stand-in-server.ts';

const ACCOUNT = `AC${'1'.repeat(32)}`;

const lines: { level: number; msg: string }[] = [];
const log = pino(
  new Writable({ write: (line, _, done) => done(void lines.push(JSON.parse(String(line)))) }),
);
const outage = createOutageLog('Twilio', log);

/** A Twilio that accepts one of `a`, `b`, `c`, and the requests it got. */
async function start(accepted: string, refusal = 401) {
  const twilio = { accepted, asked: '' };
  const url = await standIn(({ headers }, response) => {
    twilio.asked += headers.authorization;
    response.writeHead(headers.authorization === twilio.accepted ? 200 : refusal).end('words');
  });
  const askTwilio = createAskTwilio(() => ['a', 'b', 'c'], outage);
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

test('an outage is one line at its start and one at its end, without a stack', async () => {
  const askTwilio = createAskTwilio(() => ['a'], outage);
  let status = 0;
  const url = await standIn((_request, response) => void response.writeHead(status).end());
  const ask = (to: string) => askTwilio(ACCOUNT, () => request(to)).catch(() => undefined);
  lines.length = 0;
  // One that fails is no outage.
  await ask('http://127.0.0.1:1');
  status = 404;
  await ask(url);
  expect(lines).toEqual([]);
  for (let n = 0; n < 20; n += 1) await ask('http://127.0.0.1:1');
  status = 503;
  for (let n = 0; n < 5; n += 1) await ask(url);
  expect(outage.isOut()).toBe(true);
  status = 200;
  for (let n = 0; n < 5; n += 1) await ask(url);
  expect(lines).toEqual([
    expect.objectContaining({
      level: 50,
      problem: 'ECONNREFUSED',
      msg: 'Twilio cannot be reached: it is tried again until it answers',
    }),
    expect.objectContaining({ level: 40, failures: 25, msg: 'Twilio answers again' }),
  ]);
  expect(JSON.stringify(lines)).not.toContain('stack');
});

test('a request that we give up ourselves is no outage', async () => {
  const askTwilio = createAskTwilio(() => ['a'], outage);
  const url = await standIn(() => undefined);
  lines.length = 0;
  for (let n = 0; n < 5; n += 1) {
    const giveUp = new AbortController();
    const asked = askTwilio(ACCOUNT, () => request(url, { signal: giveUp.signal }));
    giveUp.abort();
    await expect(asked).rejects.toThrow();
  }
  expect(lines).toEqual([]);
});
