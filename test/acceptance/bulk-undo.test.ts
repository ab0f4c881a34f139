import { afterAll, beforeAll, expect, test } from 'vitest';
import { bulk, endOfBulk, NOTHING, undoBulk } from '../support/bulk.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { importNotes } from '../support/import-notes.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let ada: CallAs;
let bob: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  ada = await callAs(inbox, 'moderator', 'ada');
  bob = await callAs(inbox, 'moderator', 'bob');
});
afterAll(() => inbox.stop());

const decide = (call: CallAs, sid: string, body: object) =>
  call('post', `/api/v1/media/${sid}/decision`).send(body).expect(200);
const mediaOf = async (sid: string) => (await ada('get', `/api/v1/media/${sid}`).expect(200)).body;
const show = async (id: string) => (await ada('get', `/api/v1/bulk/${id}`).expect(200)).body;

test('each attachment goes back to what it was, unless somebody has decided since', async () => {
  const [plain = '', held = '', decided = '', gone = ''] = await importNotes(inbox, 4);
  const why = { reasonCode: 'unsure', reason: 'look again' };
  await decide(bob, held, { decision: 'hold', ...why });
  const before = await mediaOf(held);
  const sids = [plain, held, decided, gone];
  const act = await bulk(ada, { action: 'quarantine', sids, reasonCode: 'spam' });
  expect(act.counts).toEqual({ ...NOTHING, changed: 4 });
  await decide(bob, decided, { decision: 'approve' });
  await bob('delete', `/api/v1/media/${gone}`).expect(204);

  const undo = await undoBulk(ada, act.id);
  expect(undo).toMatchObject({
    action: 'undo',
    undoOf: act.id,
    requestedBy: 'ada',
    state: 'done',
    total: 4,
    counts: { ...NOTHING, changed: 2, decided: 1, deleted: 1 },
  });
  expect(await show(act.id)).toMatchObject({ counts: { ...NOTHING, changed: 2, undone: 2 } });
  expect(await mediaOf(plain)).toMatchObject({ moderation: 'visible', decision: null });
  expect(await mediaOf(held)).toEqual(before);
  expect((await mediaOf(decided)).moderation).toBe('visible');

  const { body: audit } = await ada('get', `/api/v1/audit?target=${held}&limit=1`).expect(200);
  expect(audit.items[0]).toMatchObject({
    actor: 'ada',
    action: 'media.hold',
    before: { moderation: 'quarantined', decidedBy: 'ada', reasonCode: 'spam' },
    after: { moderation: 'held', decidedBy: 'bob', undoOf: act.id, ...why },
  });
  const { body: begun } = await ada('get', `/api/v1/audit?target=${act.id}&limit=1`).expect(200);
  expect(begun.items).toMatchObject([
    { actor: 'ada', action: 'bulk.undo', after: { undo: undo.id, total: 4 } },
  ]);
  // What is left of it has been decided or deleted since; asked again, that is said again.
  expect((await undoBulk(ada, act.id)).counts).toEqual({ ...NOTHING, decided: 1, deleted: 1 });
});

test('reports and escalations that it has answered are open again', async () => {
  const [reported = '', escalated = ''] = await importNotes(inbox, 2);
  await decide(ada, escalated, { decision: 'hold' });
  await bob('post', `/api/v1/media/${reported}/reports`).send({ reason: 'mine' }).expect(201);
  const one = { queue: 'held', mediaSid: escalated };
  const { body: claim } = await bob('post', '/api/v1/claims').send(one).expect(201);
  const why = { reason: 'not sure' };
  await bob('post', `/api/v1/claims/${claim.id}/escalate`).send(why).expect(200);
  const inQueue = async (queue: string, sid: string) => {
    const { body } = await ada('get', `/api/v1/queues/${queue}/items`).expect(200);
    return body.items.find(({ media }: { media: { sid: string } }) => media.sid === sid);
  };
  const before = [await inQueue('reported', reported), await inQueue('escalated', escalated)];
  expect(before).toMatchObject([{ openReports: 1 }, { escalation: { by: 'bob' } }]);

  const act = await bulk(ada, { action: 'approve', sids: [reported, escalated] });
  expect(act.counts).toEqual({ ...NOTHING, changed: 2 });
  expect(await inQueue('reported', reported)).toBeUndefined();
  await undoBulk(ada, act.id);
  expect([await inQueue('reported', reported), await inQueue('escalated', escalated)]).toEqual(
    before,
  );
  await bulk(ada, { action: 'approve', sids: [reported, escalated] });
});

test('what somebody has answered since stays answered, though it has changed nothing', async () => {
  const [sid = '', other = ''] = await importNotes(inbox, 2);
  const escalate = async (one: string, reason: string) => {
    await bob('post', `/api/v1/media/${one}/reports`).send({ reason }).expect(201);
    const claimed = { queue: 'reported', mediaSid: one };
    const { body: claim } = await bob('post', '/api/v1/claims').send(claimed).expect(201);
    await bob('post', `/api/v1/claims/${claim.id}/escalate`).send({ reason }).expect(200);
  };
  await escalate(sid, 'first');
  await escalate(other, 'first');
  const act = await bulk(ada, { action: 'approve', sids: [sid, other] });
  expect(act.counts).toEqual({ ...NOTHING, changed: 2 });
  await escalate(sid, 'second');
  const carol = await callAs(inbox, 'moderator', 'carol');
  const { body: answer } = await decide(carol, sid, { decision: 'approve', reason: 'it is fine' });
  expect(answer).toMatchObject({ changed: false, decidedBy: 'carol' });
  const standing = await mediaOf(sid);
  expect(standing.decision).toMatchObject({ by: 'carol', reason: 'it is fine' });

  expect((await undoBulk(ada, act.id)).counts).toEqual({ ...NOTHING, changed: 1, decided: 1 });
  expect(await mediaOf(sid)).toEqual(standing);
  expect((await mediaOf(other)).decision).toBeNull();
  const { body: escalated } = await ada('get', '/api/v1/queues/escalated/items').expect(200);
  expect(escalated.items.map(({ media }: { media: { sid: string } }) => media.sid)).toEqual([
    other,
  ]);
  const { body: reports } = await ada('get', `/api/v1/media/${sid}/reports`).expect(200);
  expect(reports.items.map(({ state }: { state: string }) => state)).toEqual([
    'resolved',
    'resolved',
  ]);
  await decide(ada, other, { decision: 'approve' });
});

test('what cannot be undone is refused in words', async () => {
  const [sid = '', deleted = ''] = await importNotes(inbox, 2);
  const refuse = async (id: string) => {
    const { body } = await ada('post', `/api/v1/bulk/${id}/undo`).expect(409);
    return body.detail;
  };
  const { id: deletion } = await bulk(ada, { action: 'delete', sids: [deleted] });
  expect(await refuse(deletion)).toBe('What was deleted cannot be brought back.');
  const act = await bulk(ada, { action: 'hold', sids: [sid] });
  const undo = await undoBulk(ada, act.id);
  expect(await refuse(undo.id)).toBe('An undo cannot be undone: begin the first act again.');
  expect(await refuse(act.id)).toBe('There is nothing of it to undo.');
  await inbox.restart({ ROLES: 'receiver' });
  const { body: waiting } = await ada('post', '/api/v1/bulk')
    .send({ action: 'hold', sids: [sid] })
    .expect(202);
  expect(await refuse(waiting.id)).toBe('It has not ended. Cancel it first.');
  await inbox.restart();
  await endOfBulk(ada, waiting.id);
});

test('an undo begins once, goes on after a restart, and can be cancelled', async () => {
  const sids = await importNotes(inbox, 3);
  const act = await bulk(ada, { action: 'hold', sids });
  await inbox.restart({ ROLES: 'receiver' });
  const request = () =>
    ada('post', `/api/v1/bulk/${act.id}/undo`).set('Idempotency-Key', `undo ${act.id}`);
  const { body: first, headers } = await request().expect(202);
  expect(headers.location).toBe(`/api/v1/bulk/${first.id}`);
  expect((await request().expect(202)).body.id).toBe(first.id);
  const { body: refused } = await bob('post', `/api/v1/bulk/${act.id}/undo`).expect(409);
  expect(refused.detail).toBe('It is being undone.');
  await ada('post', `/api/v1/bulk/${first.id}/cancel`).expect(200);
  const { body: second } = await bob('post', `/api/v1/bulk/${act.id}/undo`).expect(202);
  await inbox.restart();
  expect((await endOfBulk(ada, second.id)).counts).toEqual({ ...NOTHING, changed: 3 });
  expect(await show(first.id)).toMatchObject({ state: 'cancelled', counts: { todo: 3 } });
  for (const sid of sids) expect((await mediaOf(sid)).moderation).toBe('visible');
});

test('a quarantine of a rule that was confirmed waits for somebody again', async () => {
  const [blocked = ''] = await importNotes(inbox, 1, '+15550003001');
  await ada('put', '/api/v1/senders')
    .send({ address: '+15550003002', policy: 'quarantine' })
    .expect(200);
  const note = { bytes: Buffer.from('from a sender with a policy'), contentType: 'text/plain' };
  const { message } = await inbox.receive({ from: '+15550003002', attachments: [note] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  const sid = media?.sid ?? '';
  const waits = async () => {
    const { body } = await ada('get', '/api/v1/queues/quarantined/items').expect(200);
    return body.items.some((item: { media: { sid: string } }) => item.media.sid === sid);
  };
  expect(await waits()).toBe(true);
  const act = await bulk(ada, { action: 'quarantine', queue: 'quarantined' });
  expect(act.counts).toMatchObject({ changed: 1 });
  expect(await waits()).toBe(false);
  await undoBulk(ada, act.id);
  expect(await waits()).toBe(true);
  expect((await mediaOf(blocked)).moderation).toBe('visible');
});

test('a strike that an act has counted does not count any more', async () => {
  const code = { code: 'abuse', label: 'Abuse', severity: 'high', onThird: 'refuse' };
  await inbox.api('post', '/api/v1/reason-codes').send(code).expect(201);
  const from = '+15550003003';
  const sids = await importNotes(inbox, 3, from);
  const request = { action: 'quarantine', reasonCode: 'abuse' };
  const first = await bulk(ada, { ...request, sids: sids.slice(0, 2) });
  await undoBulk(ada, first.id);
  await bulk(ada, { ...request, sids: sids.slice(2) });
  const senders = async () =>
    (await ada('get', '/api/v1/senders').query({ address: from }).expect(200)).body.items;
  expect(await senders()).toEqual([]);
  await bulk(ada, { ...request, sids: sids.slice(0, 2) });
  expect(await senders()).toMatchObject([{ policy: 'refuse' }]);
});

test('with a mode in which messages follow their media, they follow back', async () => {
  await inbox.restart({ MODERATION_MODE: 'hold' });
  const note = { bytes: Buffer.from('held with its message'), contentType: 'text/plain' };
  const { message } = await inbox.receive({ attachments: [note] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  const messageOf = async () =>
    (await ada('get', `/api/v1/messages/${message.sid}`).expect(200)).body.moderation;
  expect(await messageOf()).toBe('held');
  const act = await bulk(ada, { action: 'approve', sids: [media?.sid] });
  expect(await messageOf()).toBe('visible');
  await undoBulk(ada, act.id);
  expect(await messageOf()).toBe('held');
});
