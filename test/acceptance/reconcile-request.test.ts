import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  HOUR_MS,
  hoursAgo,
  messagesOf,
  note,
  RECONCILIATIONS,
  reconcile,
} from '../support/reconciliation.ts';
import { ACCOUNT, OTHER_ACCOUNT, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

test('a dry run counts and names what is missing, and takes nothing in', async () => {
  const { twilio } = inbox;
  const missing = Array.from({ length: 120 }, (_, n) =>
    twilio.createMessage({
      sentAt: new Date(hoursAgo(3).getTime() + n * 1000),
      accountSid: (n % 2 === 0 ? ACCOUNT : OTHER_ACCOUNT).sid,
      attachments: [note()],
    }),
  );
  const result = await reconcile(inbox, { dryRun: true });
  expect(result).toMatchObject({
    state: 'done',
    progress: 1,
    dryRun: true,
    error: null,
    listed: 120,
    missing: 120,
    takenIn: 0,
    failed: 0,
  });
  expect(new Set(result.missingSids).size).toBe(100);
  const sids = new Set(missing.map(({ sid }) => sid));
  expect(result.missingSids.filter((sid) => !sids.has(sid))).toEqual([]);
  expect(await messagesOf(inbox)).toEqual([]);
  expect(twilio.requests.filter(({ path }) => path.includes('/Media'))).toEqual([]);
});

test('since, until and to choose; what is here already is not missing', async () => {
  const { twilio } = inbox;
  const to = '+14155550188';
  const at = (hours: number, more: object = {}) =>
    twilio.createMessage({ to, sentAt: hoursAgo(hours), attachments: [note()], ...more });
  const [early, wanted] = [at(2.5), at(2), at(1.9, { to: '+14155550199' })];
  const late = at(1);
  const range = { since: hoursAgo(2.2), until: hoursAgo(1.5), to };
  const first = await reconcile(inbox, range);
  expect(first).toMatchObject({ to, listed: 1, missing: 1, takenIn: 1, missingSids: [] });
  expect((await messagesOf(inbox)).map(({ sid }: { sid: string }) => sid)).toEqual([wanted?.sid]);
  const again = await reconcile(inbox, range);
  expect(again).toMatchObject({ listed: 1, missing: 0, takenIn: 0 });
  const wide = await reconcile(inbox, { since: hoursAgo(2.8), to });
  expect(wide).toMatchObject({ listed: 3, missing: 2, takenIn: 2 });
  const sids = (await messagesOf(inbox)).map(({ sid }: { sid: string }) => sid);
  expect(sids).toEqual([late.sid, wanted?.sid, early?.sid]);
});

test('many pages are read to the end', async () => {
  const to = '+14155550166';
  const messages = Array.from({ length: 250 }, (_, n) =>
    inbox.twilio.createMessage({
      to,
      sentAt: new Date(hoursAgo(0.8).getTime() + n * 1000),
      // Some without media, which are passed over.
      attachments: n % 5 === 0 ? [note()] : [],
    }),
  );
  const result = await reconcile(inbox, { since: hoursAgo(0.9), to });
  expect(result).toMatchObject({ state: 'done', listed: 50, missing: 50, takenIn: 50, failed: 0 });
  for (const { sid, media } of messages) {
    if (media.length > 0) await inbox.mediaOf(sid, 'stored');
    else await inbox.api('get', `/api/v1/messages/${sid}`).expect(404);
  }
});

test('webhooks that arrive at the same time leave each message once', async () => {
  const messages = Array.from({ length: 60 }, () =>
    inbox.twilio.createMessage({ to: '+14155550155', attachments: [note(), note()] }),
  );
  const url = `${inbox.url}/twilio/incoming`;
  const [result, ...answers] = await Promise.all([
    reconcile(inbox, { since: hoursAgo(0.1), to: '+14155550155' }),
    ...messages.map((message) => inbox.twilio.deliver(message, { url })),
  ]);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect(result).toMatchObject({ state: 'done', listed: 60, failed: 0 });
  expect(result.missing).toBe(result.takenIn);
  let reconciled = 0;
  for (const { sid, media } of messages) {
    const { body } = await inbox.api('get', `/api/v1/messages/${sid}`).expect(200);
    if (body.source === 'reconcile') reconciled += 1;
    const sids = body.media.map((one: { sid: string }) => one.sid);
    expect(sids).toEqual(media.map((one) => one.sid));
  }
  expect(reconciled).toBe(result.takenIn);
});

test.each<[object, string]>([
  [{}, 'since'],
  [{ since: 'yesterday' }, 'since'],
  [{ since: '2026-13-01' }, 'since'],
  [{ since: '2026-11-01T10:00:00' }, 'since'],
  [{ since: new Date(Date.now() + HOUR_MS) }, 'since'],
  [{ since: '2026-01-02', until: '2026-01-01' }, 'until'],
  [{ since: '2026-01-02', until: 'now' }, 'until'],
  [{ since: '2026-01-02', to: '' }, 'to'],
  [{ since: '2026-01-02', to: 15557654321 }, 'to'],
  [{ since: '2026-01-02', to: '5557654321' }, 'to'],
  [{ since: '2026-01-02', to: '15557654321' }, 'to'],
  [{ since: '2026-01-02', to: '+1 555 765 4321' }, 'to'],
  [{ since: '2026-01-02', to: '+0123456789' }, 'to'],
  [{ since: '2026-01-02', to: 'whatsapp:' }, 'to'],
  [{ since: '2026-01-02', dryRun: 'yes' }, 'dryRun'],
  [{ since: '2026-01-02', from: '+1' }, 'from'],
])('%j is refused by name', async (body, field) => {
  const answer = await inbox.api('post', RECONCILIATIONS).send(body).expect(400);
  expect(answer.body.errors[0].field).toBe(field);
});

test.each(['+15557654321', '+2904567', '12345', 'whatsapp:+15557654321', 'rcs:shop_agent'])(
  '%s can be asked for',
  async (to) => {
    const request = { since: hoursAgo(0.01), to, dryRun: true };
    expect((await reconcile(inbox, request)).to).toBe(to);
  },
);

test('it takes an admin, a known id, and only POST and GET', async () => {
  const key = await inbox.api('post', '/api/v1/keys').send({ name: 'mod', role: 'moderator' });
  const known = await inbox.api('post', RECONCILIATIONS).send({ since: hoursAgo(0.01) });
  const one = known.headers.location ?? '';
  expect(one).toBe(`${RECONCILIATIONS}/${known.body.id}`);
  expect(known.headers['retry-after']).toBe('1');
  for (const [method, path] of [
    ['POST', RECONCILIATIONS],
    ['GET', one],
  ] as const) {
    const authorization = `Bearer ${key.body.secret}`;
    const answer = await fetch(inbox.url + path, { method, headers: { authorization } });
    expect(answer.status).toBe(403);
    expect((await fetch(inbox.url + path, { method })).status).toBe(401);
  }
  await inbox.api('get', `${RECONCILIATIONS}/${crypto.randomUUID()}`).expect(404);
  await inbox.api('get', `${RECONCILIATIONS}/x`).expect(400);
  await inbox.api('put', RECONCILIATIONS).expect(405);
  await inbox.api('delete', one).expect(405);
});

test('the list has the newest first, in pages, and the audit log who requested it', async () => {
  const made: string[] = [];
  for (const hours of [1, 2, 3]) {
    made.push((await reconcile(inbox, { since: hoursAgo(hours), dryRun: true })).id);
  }
  const first = await inbox.api('get', `${RECONCILIATIONS}?limit=2`).expect(200);
  expect(first.body.items.map(({ id }: { id: string }) => id)).toEqual([made[2], made[1]]);
  expect(first.body.items[0]).toMatchObject({ state: 'done', progress: 1, dryRun: true });
  const { nextCursor } = first.body;
  const next = await inbox.api('get', `${RECONCILIATIONS}?limit=1&cursor=${nextCursor}`);
  expect(next.body.items.map(({ id }: { id: string }) => id)).toEqual([made[0]]);
  const { body } = await inbox.api('get', `/api/v1/audit?target=${made[0]}`).expect(200);
  expect(body.items).toMatchObject([
    { actor: 'ADMIN_API_KEY', action: 'reconciliation.begin', after: { dryRun: true } },
  ]);
});

test('sweeps are shown for each account, also before the first', async () => {
  const { body } = await inbox.api('get', `${RECONCILIATIONS}/sweeps`).expect(200);
  const none = { sweptUntil: null, failedAt: null, error: null };
  expect(body).toEqual({
    intervalMinutes: 0,
    items: [ACCOUNT, OTHER_ACCOUNT].map(({ sid }) => ({ accountSid: sid, ...none })),
  });
});
