import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const SWEEPS = { RECONCILE_INTERVAL_MINUTES: '60' };
const UNREACHABLE = { ...SWEEPS, TWILIO_API_BASE_URL: 'http://127.0.0.1:2' };
const METRIC = /^mms_inbox_reconciliation_last_success_timestamp_seconds (\S+)$/m;
const TIME = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

const readiness = async () => (await inbox.api('get', '/readyz').expect(200)).body;
const lastSuccess = async () =>
  METRIC.exec((await inbox.api('get', '/metrics').expect(200)).text)?.[1];

/** What `/readyz` says of the sweeps, once one of them has failed. */
const failure = () =>
  eventually(async () => {
    const { status, parts } = await readiness();
    if (parts.reconciliation === 'ok') throw new Error('no failure yet');
    expect(status).toBe('degraded');
    return parts.reconciliation as string;
  }, 60_000);

/** The Unix time of a success that was later than the start of the test. */
const success = (since: number) =>
  eventually(async () => {
    const seconds = Number(await lastSuccess());
    expect(seconds).toBeGreaterThanOrEqual(since);
    return seconds;
  });

test('without sweeps nothing is said of them', async () => {
  expect((await readiness()).parts).not.toHaveProperty('reconciliation');
  expect(await lastSuccess()).toBeUndefined();
});

test('a Twilio that cannot be reached is told, with why and since when, until a sweep succeeds', async () => {
  await inbox.restart(UNREACHABLE);
  expect(await failure()).toMatch(
    new RegExp(
      `^degraded: the sweep of ${ACCOUNT.sid} failed ${TIME}: ` +
        'Twilio could not be reached \\(ECONNREFUSED\\); none succeeded yet',
    ),
  );
  expect(await lastSuccess()).toBe('0');

  const began = Date.now() / 1000;
  await inbox.restart(SWEEPS);
  const first = await success(began);
  // What was found is shared for a second.
  await eventually(async () => expect((await readiness()).parts.reconciliation).toBe('ok'));

  await inbox.restart(UNREACHABLE);
  expect(await failure()).toMatch(new RegExp(`; the last success was ${TIME}`));
  expect(Number(await lastSuccess())).toBe(first);
}, 120_000);

test('an account that Twilio refuses is told by name, and no other', async () => {
  await inbox.restart({ ...SWEEPS, TWILIO_AUTH_TOKEN: 'not-the-token-of-the-account' });
  await eventually(async () => {
    const words = await failure();
    expect(words).toContain(`Twilio refuses the credentials of account ${ACCOUNT.sid} (401)`);
    expect(words.match(/the sweep of/g)).toHaveLength(1);
  });
  await inbox.restart(SWEEPS);
  await eventually(async () => expect((await readiness()).parts.reconciliation).toBe('ok'));
}, 60_000);
