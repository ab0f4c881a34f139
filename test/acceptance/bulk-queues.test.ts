import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bulk, endOfBulk, NOTHING } from '../support/bulk.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { checkedRequest } from '../support/checked-requests.ts';
import { importNotes } from '../support/import-notes.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let ada: CallAs;
let bob: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  ada = await callAs(inbox, 'moderator', 'ada');
  bob = await callAs(inbox, 'moderator', 'bob');
});
afterAll(() => inbox.stop());

const decide = (call: CallAs, sid: string, decision: string) =>
  call('post', `/api/v1/media/${sid}/decision`).send({ decision }).expect(200);
const count = async (call: CallAs, body: object) =>
  (
    await call('post', '/api/v1/bulk')
      .send({ ...body, dryRun: true })
      .expect(200)
  ).body;
const moderationOf = async (sid: string) =>
  (await ada('get', `/api/v1/media/${sid}`).expect(200)).body.moderation;
async function holdNotes(amount: number, from: string): Promise<string[]> {
  const sids = await importNotes(inbox, amount, from);
  for (const sid of sids) await decide(ada, sid, 'hold');
  return sids;
}
async function queued(queue: string): Promise<string[]> {
  const { body } = await ada('get', `/api/v1/queues/${queue}/items`).expect(200);
  return body.items.map(({ media }: { media: { sid: string } }) => media.sid);
}

test('a queue with its filter: what matches, and nothing else', async () => {
  const [from, other] = ['+15550002001', '+15550002002'];
  const wanted = await holdNotes(3, from);
  const kept = await holdNotes(2, other);
  const request = { action: 'approve', queue: 'held', filter: { from } };
  expect(await count(ada, request)).toEqual({
    dryRun: true,
    total: 3,
    counts: { ...NOTHING, todo: 3 },
  });
  const act = await bulk(ada, request);
  expect(act).toMatchObject({ queue: 'held', state: 'done', counts: { ...NOTHING, changed: 3 } });
  for (const sid of wanted) expect(await moderationOf(sid)).toBe('visible');
  expect((await queued('held')).toSorted()).toEqual(kept.toSorted());
  expect(await count(ada, { ...request, filter: { from: other, contentType: 'image/' } })).toEqual({
    dryRun: true,
    total: 0,
    counts: NOTHING,
  });
  const { body: audit } = await ada('get', `/api/v1/audit?target=${act.id}`).expect(200);
  expect(audit.items).toMatchObject([{ after: { action: 'approve', queue: 'held', total: 3 } }]);
  await bulk(ada, { action: 'approve', queue: 'held' });
  expect(await queued('held')).toEqual([]);
});

test('what somebody else works on, or has just decided, is left to them', async () => {
  const from = '+15550002003';
  const sids = await holdNotes(4, from);
  const next = (call: CallAs) =>
    call('post', '/api/v1/claims/next').send({ queue: 'held', filter: { from } }).expect(201);
  const { body: claim } = await next(bob);
  const { body: own } = await next(ada);
  const decided = sids.find((sid) => ![claim.mediaSid, own.mediaSid].includes(sid));
  const act = { mediaSid: decided, act: 'approve', delaySeconds: 60 };
  const { body: waiting } = await bob('post', '/api/v1/acts').send(act).expect(201);

  const request = { action: 'quarantine', queue: 'held', filter: { from } };
  expect(await count(ada, request)).toMatchObject({ counts: { todo: 2, claimed: 2 } });
  expect(await count(ada, { action: 'quarantine', sids })).toMatchObject({
    counts: { todo: 2, claimed: 2 },
  });
  const ended = await bulk(ada, request);
  expect(ended.counts).toEqual({ ...NOTHING, changed: 2, claimed: 2 });
  const { body: left } = await ada('get', `/api/v1/bulk/${ended.id}/items?outcome=claimed`).expect(
    200,
  );
  expect(left.items.map(({ sid }: { sid: string }) => sid)).toEqual(
    [claim.mediaSid, decided].toSorted(),
  );
  expect(await moderationOf(claim.mediaSid)).toBe('held');
  const claimOf = async (id: string) => (await ada('get', `/api/v1/claims/${id}`)).body;
  expect(await claimOf(claim.id)).toMatchObject({ state: 'active' });
  expect(await claimOf(own.id)).toMatchObject({ ending: 'decided', endedBy: 'ada' });

  // Nor is it deleted.
  expect(await count(ada, { action: 'delete', sids })).toMatchObject({
    counts: { todo: 2, claimed: 2 },
  });
  const deleted = await bulk(ada, { action: 'delete', sids });
  expect(deleted.counts).toEqual({ ...NOTHING, changed: 2, claimed: 2 });
  await ada('get', `/api/v1/media/${claim.mediaSid}`).expect(200);
  await bob('delete', `/api/v1/acts/${waiting.id}`).expect(204);
  await bob('delete', `/api/v1/claims/${claim.id}`).expect(204);
  await bulk(ada, request);
});

test('a decision of somebody else after the request stays; one of your own does not', async () => {
  const from = '+15550002004';
  const [first = '', second = '', third = ''] = await holdNotes(3, from);
  await inbox.restart({ ROLES: 'receiver' });
  const request = { action: 'quarantine', queue: 'held', filter: { from } };
  const { body } = await ada('post', '/api/v1/bulk').send(request).expect(202);
  await decide(bob, first, 'approve');
  await decide(ada, second, 'approve');
  await inbox.restart();
  expect((await endOfBulk(ada, body.id)).counts).toEqual({ ...NOTHING, changed: 2, decided: 1 });
  expect(await Promise.all([first, second, third].map(moderationOf))).toEqual([
    'visible',
    'quarantined',
    'quarantined',
  ]);
});

test('a decision between the turn of a delete and its locks stays; other bulk decisions do not wait', async (context) => {
  const connectionString = inbox.databaseUrl;
  if (connectionString === undefined)
    return context.skip('the embedded database has one connection');
  const [sid = '', other = ''] = await importNotes(inbox, 2);
  const { body: media } = await ada('get', `/api/v1/media/${sid}`).expect(200);
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    // Deletes lock the bytes before the row; decisions lock the row alone.
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [media.sha256]);
    const { body: act } = await ada('post', '/api/v1/bulk')
      .send({ action: 'delete', sids: [sid] })
      .expect(202);
    await eventually(async () => {
      const { rows } = await client.query(`
        SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted`);
      expect(rows).toHaveLength(1);
    });
    const hold = await bulk(ada, { action: 'hold', sids: [other] });
    expect(hold.counts).toEqual({ ...NOTHING, changed: 1 });
    await decide(bob, sid, 'quarantine');
    await client.query('COMMIT');
    expect((await endOfBulk(ada, act.id)).counts).toEqual({ ...NOTHING, decided: 1 });
  } finally {
    await client.end();
  }
  expect(await moderationOf(sid)).toBe('quarantined');
  const { body: audit } = await ada('get', `/api/v1/audit?target=${sid}`).expect(200);
  expect(audit.items).toMatchObject([{ action: 'media.quarantine', actor: 'bob' }]);
});

test('approving all that is reported answers the reports, although it is visible already', async () => {
  const sids = await importNotes(inbox, 2, '+15550002005');
  for (const sid of sids) {
    await bob('post', `/api/v1/media/${sid}/reports`).send({ reason: 'mine' }).expect(201);
  }
  const request = { action: 'approve', queue: 'reported' };
  expect(await count(ada, request)).toMatchObject({ counts: { todo: 2, unchanged: 0 } });
  expect((await bulk(ada, request)).counts).toEqual({ ...NOTHING, changed: 2 });
  expect(await queued('reported')).toEqual([]);
});

test('what one has escalated is for others to decide', async () => {
  const from = '+15550002006';
  const [sid = ''] = await holdNotes(1, from);
  const one = { queue: 'held', mediaSid: sid };
  const { body: claim } = await ada('post', '/api/v1/claims').send(one).expect(201);
  const why = { reason: 'not sure' };
  await ada('post', `/api/v1/claims/${claim.id}/escalate`).send(why).expect(200);
  const request = { action: 'approve', queue: 'escalated', filter: { from } };
  expect(await count(ada, request)).toMatchObject({ total: 0 });
  expect((await bulk(bob, request)).counts).toEqual({ ...NOTHING, changed: 1 });
});

test('a key that works on some numbers and queues: its part of its queues', async () => {
  const [own, other] = ['+15557100001', '+15557100002'];
  const key = { name: 'north', role: 'moderator', numbers: [own], queues: ['held'] };
  const { body: made } = await inbox.api('post', '/api/v1/keys').send(key).expect(201);
  const north: CallAs = (method, path) =>
    checkedRequest(inbox.url, method, path).set('Authorization', `Bearer ${made.secret}`);
  const received: string[] = [];
  for (const to of [own, other]) {
    const note = { bytes: Buffer.from(`for ${to}`), contentType: 'text/plain' };
    const { message } = await inbox.receive({ to, attachments: [note] });
    const [media] = await inbox.mediaOf(message.sid, 'stored');
    received.push(media?.sid ?? '');
    await decide(ada, media?.sid ?? '', 'hold');
  }
  await north('post', '/api/v1/bulk').send({ action: 'approve', queue: 'reported' }).expect(403);
  expect((await bulk(north, { action: 'approve', queue: 'held' })).counts).toEqual({
    ...NOTHING,
    changed: 1,
  });
  expect(await Promise.all(received.map(moderationOf))).toEqual(['visible', 'held']);
  // What others did about other numbers is not its to undo.
  const act = await bulk(ada, { action: 'quarantine', sids: received });
  await north('post', `/api/v1/bulk/${act.id}/undo`).expect(403);
});

test('a place in the file is a filter, too', async () => {
  const located = { action: 'hold', filter: { hasLocation: true } };
  expect(await count(ada, located)).toMatchObject({ total: 0 });
});
