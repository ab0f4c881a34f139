import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  hoursAgo,
  note,
  RECONCILIATIONS,
  reconcile,
  reconciliationEnd,
} from '../support/reconciliation.ts';
import {
  ACCOUNT,
  eventually,
  OTHER_ACCOUNT,
  startTestInbox,
  type TestInbox,
} from '../support/test-inbox.ts';

const PAGE = 100;

let inbox: TestInbox;
let to: string;
let numbers = 0;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());
beforeEach(() => {
  numbers += 1;
  to = `+141555502${String(numbers).padStart(2, '0')}`;
});

/** Two pages of the first account, with three missing messages on each; one of the other account. */
function missTwoPages() {
  const messages = Array.from({ length: 2 * PAGE }, (_, n) =>
    inbox.twilio.createMessage({ to, attachments: n % PAGE < 3 ? [note()] : [] }),
  );
  messages.push(
    inbox.twilio.createMessage({ to, accountSid: OTHER_ACCOUNT.sid, attachments: [note()] }),
  );
  return messages.filter(({ media }) => media.length > 0);
}

const request = () => ({ since: hoursAgo(0.5), to });
const errors = () =>
  inbox.logLines.map((line) => JSON.parse(line)).filter((one) => one.level >= 50);
const requests = () => inbox.twilio.requests.filter(({ server }) => server === 'api');

test('outages in the middle of a page and between pages are sat out', async () => {
  const messages = missTwoPages();
  inbox.twilio.listFaults.letPass(2);
  inbox.twilio.listFaults.add(
    { kind: 'status', status: 503, times: 2 },
    { kind: 'hang-up', times: 1 },
    { kind: 'status', status: 500, times: 1 },
  );
  const result = await reconcile(inbox, request());
  expect(result).toMatchObject({ state: 'done', listed: 7, missing: 7, takenIn: 7, failed: 0 });
  expect(result.error).toBeNull();
  for (const { sid } of messages) await inbox.mediaOf(sid, 'stored');
});

test('a 429 is left alone for as long as it says', async () => {
  inbox.twilio.createMessage({ to, attachments: [note()] });
  inbox.twilio.listFaults.add({ kind: 'status', status: 429, retryAfterSeconds: 3, times: 1 });
  const before = requests().length;
  const result = await reconcile(inbox, request());
  expect(result).toMatchObject({ state: 'done', takenIn: 1 });
  const [limited, next] = requests().slice(before);
  expect(limited?.status).toBe(429);
  expect((next?.at.getTime() ?? 0) - (limited?.at.getTime() ?? 0)).toBeGreaterThanOrEqual(3000);
});

test('an outage that outlasts the job’s patience is told, and the queue goes on after it', async () => {
  missTwoPages();
  inbox.twilio.listFaults.letPass(4);
  inbox.twilio.listFaults.add({ kind: 'status', status: 503, times: 500 });
  const { body } = await inbox.api('post', RECONCILIATIONS).send(request()).expect(202);
  const troubled = await eventually(async () => {
    const { body: now } = await inbox.api('get', `${RECONCILIATIONS}/${body.id}`).expect(200);
    if (now.error === null) throw new Error('no error yet');
    return now;
  }, 60_000);
  expect(troubled).toMatchObject({ state: 'running', takenIn: 3, endedAt: null });
  expect(troubled.error).toContain('Twilio answered 503');

  // The outage is over, and the next process begins where this one was.
  inbox.twilio.listFaults.clear();
  await inbox.restart();
  const before = requests().length;
  const result = await reconciliationEnd(inbox, body.id);
  expect(result).toMatchObject({ state: 'done', listed: 7, missing: 7, takenIn: 7, error: null });
  const again = requests()
    .slice(before)
    .filter(({ path }) => path.includes(`${ACCOUNT.sid}/Messages.json`));
  expect(again.filter(({ path }) => !path.includes('PageToken'))).toEqual([]);
}, 120_000);

test('wrong credentials are told loudly, by account, and keep no other account waiting', async () => {
  const [own, other] = [ACCOUNT, OTHER_ACCOUNT].map(({ sid: accountSid }) =>
    inbox.twilio.createMessage({ to, accountSid, attachments: [note()] }),
  );
  const token = 'not-the-token-of-the-account';
  await inbox.restart({ TWILIO_AUTH_TOKEN: token });
  // Fetches that still wait say the same in other words.
  const refusals = () => errors().filter(({ msg }) => msg.startsWith('account not reconciled'));
  const before = refusals().length;
  const result = await reconcile(inbox, request());
  expect(result).toMatchObject({ state: 'failed', takenIn: 1, progress: 1 });
  expect(result.error).toBe(`Twilio refuses the credentials of account ${ACCOUNT.sid} (401)`);
  await inbox.mediaOf(other?.sid ?? '', 'stored');
  await inbox.api('get', `/api/v1/messages/${own?.sid}`).expect(404);
  expect(refusals().slice(before)).toMatchObject([
    { accountSid: ACCOUNT.sid, msg: expect.stringContaining('refuses the credentials') },
  ]);

  // A sweep says the same, and once the token is right takes in what was missed.
  const lines = refusals().length;
  await inbox.restart({ TWILIO_AUTH_TOKEN: token, RECONCILE_INTERVAL_MINUTES: '60' });
  await eventually(async () => expect(refusals().length).toBe(lines + 1));
  await inbox.restart({ RECONCILE_INTERVAL_MINUTES: '60' });
  await eventually(() => inbox.mediaOf(own?.sid ?? '', 'stored'));
  const told = inbox.logLines.filter((line) => line.includes(token) || line.includes(to.slice(1)));
  expect(told).toEqual([]);
}, 60_000);
