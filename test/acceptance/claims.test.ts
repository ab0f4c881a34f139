import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { checkedRequest } from '../support/checked-requests.ts';
import { auditOf } from '../support/deletion-record.ts';
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
afterEach(async () => {
  const { body } = await inbox.api('get', '/api/v1/claims').expect(200);
  for (const { id } of body.items) await inbox.api('delete', `/api/v1/claims/${id}`);
  for (const queue of ['held', 'escalated']) {
    const { body: page } = await ada('get', `/api/v1/queues/${queue}/items`).expect(200);
    for (const { media } of page.items) await decide(ada, media.sid, 'approve');
  }
});

const next = (call: CallAs, body: object = {}) =>
  call('post', '/api/v1/claims/next').send({ queue: 'held', ...body });
const decide = (call: CallAs, sid: string, decision: string) =>
  call('post', `/api/v1/media/${sid}/decision`).send({ decision }).expect(200);
const show = async (id: string) => (await ada('get', `/api/v1/claims/${id}`).expect(200)).body;

/** Holds as many new attachments, and returns them in the order of the queue. */
async function holdNotes(amount: number): Promise<string[]> {
  for (const sid of await importNotes(inbox, amount)) await decide(ada, sid, 'hold');
  const { body } = await ada('get', '/api/v1/queues/held/items').expect(200);
  return body.items.map(({ media }: { media: { sid: string } }) => media.sid);
}

test('the next one is the oldest that nobody has, with its attachment; then there is none', async () => {
  const [first, second] = await holdNotes(2);
  const { body, headers } = await next(ada).expect(201);
  expect(body).toMatchObject({
    queue: 'held',
    mediaSid: first,
    owner: 'ada',
    isMine: true,
    state: 'active',
    ending: null,
    media: { sid: first, moderation: 'held' },
    openReports: 0,
    skips: 0,
    escalation: null,
  });
  expect(headers.location).toBe(`/api/v1/claims/${body.id}`);
  const seconds = (Date.parse(body.expiresAt) - Date.parse(body.createdAt)) / 1000;
  expect(seconds).toBeCloseTo(120, 0);
  expect((await next(bob).expect(201)).body.mediaSid).toBe(second);
  await next(await callAs(inbox, 'moderator', 'third')).expect(204);
  const { body: claims } = await bob('get', '/api/v1/claims').expect(200);
  expect(claims.items).toMatchObject([
    { mediaSid: first, owner: 'ada', isMine: false },
    { mediaSid: second, owner: 'bob', isMine: true },
  ]);
  const { body: page } = await ada('get', '/api/v1/queues/held/items').expect(200);
  expect(page.items).toMatchObject([{ claim: { owner: 'ada' } }, { claim: { owner: 'bob' } }]);
  const { body: queues } = await ada('get', '/api/v1/queues').expect(200);
  expect(queues.items[0]).toMatchObject({ name: 'held', taken: 2, claimId: body.id });
});

test('the next one of the same queue replaces the claim, unless there is none', async () => {
  const [first, second] = await holdNotes(2);
  const { body } = await next(ada).expect(201);
  const { body: other } = await next(ada, { after: first }).expect(201);
  expect(other.mediaSid).toBe(second);
  expect(await show(body.id)).toMatchObject({ state: 'ended', ending: 'replaced' });
  await next(ada, { after: second }).expect(204);
  expect(await show(other.id)).toMatchObject({ state: 'active' });
  expect((await next(bob).expect(201)).body.mediaSid).toBe(first);
});

test('a claim ends by the decision of its owner, or of somebody else, who is named', async () => {
  const [sid = ''] = await holdNotes(1);
  for (const call of [ada, bob]) {
    const { body } = await next(ada).expect(201);
    await decide(call, sid, 'approve');
    const endedBy = call === ada ? 'ada' : 'bob';
    expect(await show(body.id)).toMatchObject({ state: 'ended', ending: 'decided', endedBy });
    const { body: problem } = await ada('post', `/api/v1/claims/${body.id}/extend`).expect(409);
    expect(problem.detail).toBe(`The claim has ended: decided by ${endedBy}.`);
    await decide(ada, sid, 'hold');
  }
  const { body } = await next(ada).expect(201);
  await bob('delete', `/api/v1/media/${sid}`).expect(204);
  expect(await show(body.id)).toMatchObject({ ending: 'deleted', endedBy: 'bob' });
});

test('released by its owner or an admin, not by others', async () => {
  const [sid] = await holdNotes(1);
  const { body } = await next(ada).expect(201);
  await bob('delete', `/api/v1/claims/${body.id}`).expect(403);
  await bob('post', `/api/v1/claims/${body.id}/extend`).expect(403);
  await bob('post', `/api/v1/claims/${body.id}/escalate`).send({ reason: 'why not' }).expect(403);
  await inbox.api('delete', `/api/v1/claims/${body.id}?skipped=true`).expect(403);
  await inbox.api('delete', `/api/v1/claims/${body.id}`).expect(204);
  await ada('delete', `/api/v1/claims/${body.id}`).expect(409);
  expect((await next(bob).expect(201)).body.mediaSid).toBe(sid);
});

test('skipped: counted, and offered to others, or when it is asked for by its sid', async () => {
  const [sid = '', other] = await holdNotes(2);
  const { body } = await next(ada).expect(201);
  await ada('delete', `/api/v1/claims/${body.id}?skipped=true`).expect(204);
  expect((await next(ada).expect(201)).body.mediaSid).toBe(other);
  const { body: offered } = await next(bob).expect(201);
  expect(offered).toMatchObject({ mediaSid: sid, skips: 1 });
  const take = () => ada('post', '/api/v1/claims').send({ queue: 'held', mediaSid: sid });
  expect((await take().expect(409)).body.detail).toBe('It is taken by bob.');
  await bob('delete', `/api/v1/claims/${offered.id}`).expect(204);
  expect((await take().expect(201)).body).toMatchObject({ mediaSid: sid, owner: 'ada' });
  const [entry] = await auditOf(inbox, `target=${sid}&action=media.skip`);
  expect(entry).toMatchObject({ actor: 'ada' });
});

test('escalated: to another queue, for others only, until somebody decides', async () => {
  const [sid = ''] = await holdNotes(1);
  const { body } = await next(ada).expect(201);
  const escalate = (reason: string) =>
    ada('post', `/api/v1/claims/${body.id}/escalate`).send({ reason });
  await escalate('ask +15551234567').expect(400);
  expect((await escalate('is it known?').expect(200)).body).toMatchObject({ ending: 'escalated' });
  await next(bob).expect(204);
  await next(ada, { queue: 'escalated' }).expect(204);
  const { body: taken } = await next(bob, { queue: 'escalated' }).expect(201);
  expect(taken).toMatchObject({
    mediaSid: sid,
    escalation: { by: 'ada', reason: 'is it known?', at: expect.any(String) },
  });
  await decide(bob, sid, 'hold');
  const { body: back } = await ada('get', '/api/v1/queues/held/items').expect(200);
  expect(back.items).toMatchObject([{ media: { sid }, escalation: null }]);
  await next(ada, { queue: 'escalated' }).expect(204);
});

test('a claim ends with the key and with the session of its owner', async () => {
  const [sid] = await holdNotes(1);
  const { body: key } = await inbox
    .api('post', '/api/v1/keys')
    .send({ name: 'leaving', role: 'moderator' })
    .expect(201);
  const signIn = await checkedRequest(inbox.url, 'post', '/api/v1/session')
    .set('Origin', inbox.url)
    .send({ key: key.secret });
  expect(signIn.status).toBeLessThan(300);
  const cookie = String(signIn.headers['set-cookie']).split(';')[0] ?? '';
  const browser = (method: 'post' | 'delete', path: string) =>
    checkedRequest(inbox.url, method, path).set('Cookie', cookie).set('Origin', inbox.url);
  const { body } = await browser('post', '/api/v1/claims/next').send({ queue: 'held' }).expect(201);
  expect(body).toMatchObject({ mediaSid: sid, owner: 'leaving' });
  await next(bob).expect(204);
  await browser('delete', '/api/v1/session').expect(204);
  expect(await show(body.id)).toMatchObject({ state: 'ended', ending: 'expired' });
  const byKey = (path: string) =>
    checkedRequest(inbox.url, 'post', path).set('Authorization', `Bearer ${key.secret}`);
  const { body: again } = await byKey('/api/v1/claims/next').send({ queue: 'held' }).expect(201);
  expect(again.mediaSid).toBe(sid);
  await inbox.api('delete', '/api/v1/keys/leaving').expect(204);
  expect((await next(bob).expect(201)).body.mediaSid).toBe(sid);
});

test('it lasts as long as CLAIM_SECONDS, and from each extension on', {
  timeout: 60_000,
}, async () => {
  await inbox.restart({ CLAIM_SECONDS: '2' });
  const [sid] = await holdNotes(1);
  const { body } = await next(ada).expect(201);
  const extended = await ada('post', `/api/v1/claims/${body.id}/extend`).expect(200);
  expect(Date.parse(extended.body.expiresAt)).toBeGreaterThan(Date.parse(body.expiresAt));
  await next(bob).expect(204);
  await eventually(async () => {
    const { state, ending } = await show(body.id);
    expect([state, ending]).toEqual(['ended', 'expired']);
  });
  expect((await next(bob).expect(201)).body.mediaSid).toBe(sid);
  await ada('post', `/api/v1/claims/${body.id}/extend`).expect(409);
  await inbox.restart();
});

test('refused: no such queue, a filter that is none, an attachment that is not there', async () => {
  await next(ada, { queue: 'nothing' }).expect(400);
  await next(ada, { filter: { state: 'held' } }).expect(400);
  const take = (mediaSid: string) =>
    ada('post', '/api/v1/claims').send({ queue: 'held', mediaSid });
  await take(`ME${'0'.repeat(32)}`).expect(404);
  const [sid = ''] = await importNotes(inbox);
  expect((await take(sid).expect(409)).body.detail).toContain('not in the queue held');
});

test('an act that waits ends the claim; taken back, its attachment is offered at once', async () => {
  const [sid = ''] = await holdNotes(1);
  const { body } = await next(ada).expect(201);
  const act = { mediaSid: sid, act: 'quarantine', delaySeconds: 60 };
  const { body: waiting } = await ada('post', '/api/v1/acts').send(act).expect(201);
  // Nobody has decided: it may still be taken back.
  expect(await show(body.id)).toMatchObject({ state: 'ended', ending: 'acted', endedBy: 'ada' });
  await next(bob).expect(204);
  await next(ada).expect(204);
  await bob('post', '/api/v1/claims').send({ queue: 'held', mediaSid: sid }).expect(409);
  await ada('delete', `/api/v1/acts/${waiting.id}`).expect(204);
  const { body: back } = await ada('post', '/api/v1/claims').send({ queue: 'held', mediaSid: sid });
  expect(back).toMatchObject({ mediaSid: sid, owner: 'ada', state: 'active' });
  // The act of somebody else ends it as well, and says whose it is.
  const { body: another } = await bob('post', '/api/v1/acts').send(act).expect(201);
  expect(await show(back.id)).toMatchObject({ ending: 'acted', endedBy: 'bob' });
  const { body: late } = await ada('post', `/api/v1/claims/${back.id}/extend`).expect(409);
  expect(late.detail).toBe('The claim has ended: acted by bob.');
  await bob('delete', `/api/v1/acts/${another.id}`).expect(204);
});
