import pLimit from 'p-limit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleAttachment } from '../../src/simulator/samples/sample-attachments.ts';
import {
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../src/simulator/twilio-simulator.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';

const RECONCILIATIONS = 5;
const COPIES = 500;
// All of them at once a slow machine does not answer within the 15 s that Twilio waits.
const UNDER_WAY = 100;
let twilio: TwilioSimulator;
let database: TestDatabase;
let inbox: InboxProcess;

beforeEach(async () => {
  twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
  database = await createTestDatabase();
  inbox = await startInboxProcess(inboxEnv(database, twilio));
});
afterEach(async () => {
  await inbox?.end('SIGKILL');
  await twilio.stop();
  await database.remove();
});

async function api(path: string, body?: object) {
  const response = await fetch(`${inbox.url}/api/v1/${path}`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

test(`${COPIES} copies of one message through POST, GET, the fallback and reconciliation at once: one message`, async () => {
  const attachments = [await sampleAttachment('landscape'), await sampleAttachment('note')];
  const message = twilio.createMessage({ attachments });
  const url = `${inbox.url}/twilio/incoming`;
  const fallback = { ErrorCode: '11200', ErrorUrl: url };
  const ways = [
    () => twilio.deliver(message, { url }),
    () => twilio.deliver(message, { url, method: 'GET' }),
    () => twilio.deliver(message, { url, params: fallback }),
    () => twilio.deliver(message, { url, method: 'GET', params: fallback }),
  ];
  const fewAtOnce = pLimit(UNDER_WAY);
  const since = new Date(Date.now() - 3_600_000);
  const [answers, requests] = await Promise.all([
    Promise.all(
      Array.from({ length: COPIES }, (_, n) => fewAtOnce(() => ways[n % ways.length]?.())),
    ),
    Promise.all(Array.from({ length: RECONCILIATIONS }, () => api('reconciliations', { since }))),
  ]);
  expect(answers.map((answer) => answer?.status)).toEqual(Array(COPIES).fill(200));
  expect(requests.map(({ status }) => status)).toEqual(Array(RECONCILIATIONS).fill(202));
  await eventually(async () => {
    for (const { body } of requests) {
      expect((await api(`reconciliations/${body.id}`)).body.state).toBe('done');
    }
    const { items } = (await api('messages')).body;
    expect(items.map(({ sid }: { sid: string }) => sid)).toEqual([message.sid]);
    expect(items[0].media.map(({ state }: { state: string }) => state)).toEqual([
      'stored',
      'stored',
    ]);
  }, 60_000);
  const fetches = twilio.requests.filter(({ server }) => server === 'media');
  expect(fetches.map(({ mediaSid }) => mediaSid).toSorted()).toEqual(
    message.media.map(({ sid }) => sid).toSorted(),
  );
  console.log(
    `${COPIES} copies and ${RECONCILIATIONS} reconciliations: ${COPIES} answered 200, 1 message, ` +
      `${fetches.length} attachments fetched once each`,
  );
}, 120_000);
