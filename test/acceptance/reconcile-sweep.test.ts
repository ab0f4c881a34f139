import { afterAll, beforeAll, expect, test } from 'vitest';
import { hoursAgo, messagesOf, note } from '../support/reconciliation.ts';
import {
  eventually,
  OTHER_ACCOUNT,
  startTestInbox,
  type TestInbox,
} from '../support/test-inbox.ts';

const SWEEPS = { RECONCILE_INTERVAL_MINUTES: '60' };

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

const logged = (words: string) =>
  inbox.logLines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === words);
const lists = () => inbox.twilio.requests.filter(({ path }) => path.includes('/Messages.json'));

/** The log lines of both accounts, once each was swept so many times. */
const swept = (times: number) =>
  eventually(async () => {
    const lines = logged('account swept');
    expect(lines).toHaveLength(2 * times);
    return lines;
  });

test('what arrived while the process was down is in after its restart, as if nothing had been', async () => {
  const { twilio } = inbox;
  const from = '+14155550177';
  const before = twilio.createMessage({ sentAt: hoursAgo(25), attachments: [note()] });
  const missed = [23, 2, 0.5].map((hours) =>
    twilio.createMessage({
      from,
      body: `${hours} hours ago`,
      sentAt: hoursAgo(hours),
      attachments: [note(), note(), note()],
    }),
  );
  missed.push(
    twilio.createMessage({ accountSid: OTHER_ACCOUNT.sid, attachments: [note()] }),
    twilio.createMessage({ from, attachments: [note()] }),
  );
  twilio.createMessage({ attachments: [] });
  twilio.createMessage({ direction: 'outbound-api', attachments: [note()] });
  const { message: delivered } = await inbox.receive({ attachments: [note()] });

  await inbox.restart(SWEEPS);
  for (const { sid, accountSid, params, media } of missed) {
    const items = await eventually(() => inbox.mediaOf(sid, 'stored'));
    expect(items).toMatchObject(
      media.map((one, index) => ({
        sid: one.sid,
        sha256: one.sha256,
        index,
        accountSid,
        declaredContentType: 'text/plain',
        from: params.From,
        to: params.To,
        body: params.Body,
      })),
    );
  }
  const lines = await swept(1);
  expect(lines).toMatchObject([
    { level: 30, listed: 5, missing: 4, takenIn: 4, failed: 0 },
    { accountSid: OTHER_ACCOUNT.sid, listed: 1, missing: 1, takenIn: 1, failed: 0 },
  ]);

  const messages = await messagesOf(inbox);
  const sources = new Map(
    messages.map((one: { sid: string; source: string }) => [one.sid, one.source]),
  );
  expect(sources.get(delivered.sid)).toBe('webhook');
  expect(missed.map(({ sid }) => sources.get(sid))).toEqual(missed.map(() => 'reconcile'));
  expect(messages).toHaveLength(missed.length + 1);
  expect(sources.has(before.sid)).toBe(false);
  // The order is that of Twilio, not that in which they were found.
  const received = await inbox.api('get', `/api/v1/messages/${missed[0]?.sid}`);
  const sentAt = Math.floor(hoursAgo(23).getTime() / 60_000);
  expect(Math.floor(Date.parse(received.body.receivedAt) / 60_000)).toBeGreaterThan(sentAt - 2);
  expect(Date.parse(received.body.receivedAt)).toBeLessThan(hoursAgo(22.9).getTime());
  expect(inbox.logLines.filter((line) => line.includes('4155550177'))).toEqual([]);
});

test('a webhook that comes after all changes nothing', async () => {
  const [{ sid }] = await messagesOf(inbox);
  await inbox.mediaOf(sid, 'stored');
  const before = await inbox.api('get', `/api/v1/messages/${sid}`);
  const known = inbox.twilio.createMessage({ attachments: [note()] });
  await inbox.restart(SWEEPS);
  await eventually(() => inbox.mediaOf(known.sid, 'stored'));
  const answer = await inbox.twilio.deliver(known, { url: `${inbox.url}/twilio/incoming` });
  expect(answer.status).toBe(200);
  const after = await inbox.api('get', `/api/v1/messages/${known.sid}`);
  expect(after.body).toMatchObject({ source: 'reconcile', media: [{ sid: known.media[0]?.sid }] });
  expect((await inbox.api('get', `/api/v1/messages/${sid}`)).body).toEqual(before.body);
});

test('what was deleted here does not come back', async () => {
  const [first] = await messagesOf(inbox);
  await inbox.api('delete', `/api/v1/media/${first.media[0].sid}`).expect(204);
  // Twilio's copy may not be gone yet, or never.
  await inbox.restart({ ...SWEEPS, DELETE_UPSTREAM: 'never' });
  const last = inbox.twilio.createMessage({ attachments: [note()] });
  await inbox.restart(SWEEPS);
  await eventually(() => inbox.mediaOf(last.sid, 'stored'));
  const after = await inbox.api('get', `/api/v1/messages/${first.sid}`).expect(200);
  expect(after.body.media).toMatchObject([{ state: 'deleted', from: null }]);
});

test('one sweep of the last day is enough for each account', async () => {
  const before = lists().length;
  const sweeps = logged('account swept').length;
  await inbox.restart(SWEEPS);
  await eventually(async () => expect(logged('account swept').length).toBe(sweeps + 2));
  const queries = lists()
    .slice(before)
    .map(({ path }) => new URL(path, 'http://localhost').searchParams);
  expect(queries).toHaveLength(2);
  for (const query of queries) {
    const since = Date.parse(query.get('DateSent>') ?? '');
    expect(Math.abs(since - hoursAgo(24).getTime())).toBeLessThan(60_000);
    expect([query.get('DateSent<'), query.get('To')]).toEqual([null, null]);
  }
});

test('without an interval nothing is swept', async () => {
  const before = lists().length;
  await inbox.restart({ RECONCILE_INTERVAL_MINUTES: '0' });
  const { message } = await inbox.receive({ attachments: [note()] });
  await inbox.mediaOf(message.sid, 'stored');
  expect(lists()).toHaveLength(before);
});
