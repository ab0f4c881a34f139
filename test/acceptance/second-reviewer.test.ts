import { afterAll, beforeAll, expect, test } from 'vitest';
import { endedAct } from '../support/acts.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { auditOf } from '../support/deletion-record.ts';
import { importNotes } from '../support/import-notes.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let ada: CallAs;
let bob: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  ada = await callAs(inbox, 'moderator', 'ada');
  bob = await callAs(inbox, 'moderator', 'bob');
  const code = { label: 'A label', severity: 'high', defaultAct: 'delete' };
  const add = (more: object) =>
    inbox.api('post', '/api/v1/reason-codes').send({ ...code, ...more });
  expect((await add({ code: 'abuse', reviewers: 2 }).expect(201)).body.reviewers).toBe(2);
  expect((await add({ code: 'spam' }).expect(201)).body.reviewers).toBe(1);
  await add({ code: 'other', reviewers: 3 }).expect(400);
});
afterAll(() => inbox.stop());

const receive = async () => String((await importNotes(inbox))[0]);
const remove = (call: CallAs, sid: string, query = 'reasonCode=abuse') =>
  call('delete', `/api/v1/media/${sid}?${query}`);
const stateOf = async (sid: string) =>
  (await ada('get', `/api/v1/media/${sid}/story`).expect(200)).body.state;
const escalatedOf = async (sid: string) => {
  const { body } = await ada('get', '/api/v1/queues/escalated/items?limit=200').expect(200);
  return body.items.find(({ media }: { media: { sid: string } }) => media.sid === sid);
};
const next = (call: CallAs) => call('post', '/api/v1/claims/next').send({ queue: 'escalated' });
const actionsOf = async (sid: string) =>
  (await auditOf(inbox, `target=${sid}`)).map(
    ({ actor, action }: Record<string, string>) => `${actor} ${action}`,
  );

test('a delete is proposed, offered to others, and carried out when somebody else sends the same', async () => {
  const sid = await receive();
  const { body } = await remove(ada, sid, 'reasonCode=abuse&reason=look').expect(202);
  expect(body.proposal).toEqual({
    ...{ mediaSid: sid, act: 'delete', scope: 'one', message: false, blockSender: false },
    ...{ policy: null, applyToExisting: null, reasonCode: 'abuse', reason: 'look', by: 'ada' },
    at: expect.any(String),
  });
  expect(await stateOf(sid)).toBe('stored');
  // The same person twice is one person.
  expect((await remove(ada, sid).expect(202)).body.proposal).toEqual(body.proposal);
  await next(ada).expect(204);
  const { body: claim } = await next(bob).expect(201);
  expect(claim.escalation).toMatchObject({ by: 'ada', reason: 'look', proposal: body.proposal });
  await remove(bob, sid).expect(204);
  expect(await stateOf(sid)).toBe('deleted');
  expect(await escalatedOf(sid)).toBeUndefined();
  expect(await actionsOf(sid)).toEqual([
    'bob media.delete',
    'bob media.confirm',
    'ada media.propose',
  ]);
  const [, confirmed] = await auditOf(inbox, `target=${sid}`);
  expect(confirmed).toMatchObject({ reasonCode: 'abuse', before: { proposedBy: 'ada' } });
});

test('an act that can be taken back becomes a proposal when it goes out', async () => {
  const sid = await receive();
  const act = { mediaSid: sid, act: 'delete', reasonCode: 'abuse', delaySeconds: 0 };
  const send = async (call: CallAs, body: object) =>
    endedAct(call, (await call('post', '/api/v1/acts').send(body).expect(201)).body.id);
  const nothing = { state: 'done', changed: false, proposed: true, deletionId: null };
  expect(await send(ada, act)).toMatchObject(nothing);
  expect(await send(ada, act)).toMatchObject(nothing);
  expect(await escalatedOf(sid)).toMatchObject({ escalation: { proposal: { by: 'ada' } } });
  expect(await send(bob, act)).toMatchObject({ state: 'done', changed: true, proposed: false });
  expect(await stateOf(sid)).toBe('deleted');
});

test('another act is a proposal of its own; a decision ends it', async () => {
  const sid = await receive();
  await remove(ada, sid).expect(202);
  const { body } = await remove(bob, sid, 'reasonCode=abuse&scope=message').expect(202);
  expect(body.proposal).toMatchObject({ by: 'bob', scope: 'message' });
  const decision = { decision: 'quarantine', reasonCode: 'abuse' };
  await ada('post', `/api/v1/media/${sid}/decision`).send(decision).expect(200);
  expect(await escalatedOf(sid)).toBeUndefined();
  expect((await remove(ada, sid).expect(202)).body.proposal.by).toBe('ada');
  await remove(ada, sid, 'reasonCode=spam').expect(204);
});

test('who proposed it is not offered it, also when another person escalates it further', async () => {
  const sid = await receive();
  await remove(ada, sid).expect(202);
  const { body: claim } = await next(bob).expect(201);
  await bob('post', `/api/v1/claims/${claim.id}/escalate`).send({ reason: 'not sure' }).expect(200);
  await next(ada).expect(204);
  await next(bob).expect(204);
  const cy = await callAs(inbox, 'moderator', 'cy');
  expect((await next(cy).expect(201)).body.mediaSid).toBe(sid);
  await remove(cy, sid).expect(204);
});

test('a block takes two as well', async () => {
  const sid = await receive();
  const block = (call: CallAs, more: object = {}) =>
    call('post', `/api/v1/media/${sid}/block`).send({ reasonCode: 'abuse', ...more });
  const { body } = await block(ada, { policy: 'delete' }).expect(202);
  const proposed = { act: 'block', policy: 'delete', applyToExisting: false, scope: null };
  expect(body.proposal).toMatchObject(proposed);
  const entries = async () => (await ada('get', '/api/v1/blocklist').expect(200)).body.items;
  expect(await entries()).toEqual([]);
  expect((await block(bob, { policy: 'delete' }).expect(200)).body.added).toBe(1);
  expect(await entries()).toMatchObject([{ reasonCode: 'abuse', createdBy: 'bob' }]);
  expect(await escalatedOf(sid)).toBeUndefined();
  expect((await block(ada, { reasonCode: 'spam' }).expect(200)).body.known).toBe(1);
});

test('two at once: one proposes, the other confirms', async () => {
  for (let n = 0; n < 5; n += 1) {
    const sid = await receive();
    const answers = await Promise.all([remove(ada, sid), remove(bob, sid)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 204]);
    expect(await stateOf(sid)).toBe('deleted');
  }
});

test('what cannot wait for a second person is refused', async () => {
  const [sid = ''] = await importNotes(inbox);
  const { body: media } = await ada('get', `/api/v1/media/${sid}`).expect(200);
  const message = `/api/v1/messages/${media.messageSid}`;
  for (const refused of [
    ada('delete', `${message}?reasonCode=abuse`),
    ada('post', '/api/v1/bulk').send({ action: 'delete', sids: [sid], reasonCode: 'abuse' }),
  ]) {
    const { body } = await refused.expect(409);
    expect(body).toMatchObject({
      code: 'second_reviewer_needed',
      detail: 'Nothing is done: abuse takes two people. Delete attachments one at a time with it.',
    });
  }
  await remove(ada, `ME${'0'.repeat(32)}`).expect(404);
  expect(await escalatedOf(sid)).toBeUndefined();
  await remove(ada, sid, 'reasonCode=spam').expect(204);
  await remove(ada, sid).expect(404);
});

test('a code that asks for one again', async () => {
  const sid = await receive();
  const change = (reviewers: number) =>
    inbox.api('patch', '/api/v1/reason-codes/abuse').send({ reviewers }).expect(200);
  await change(1);
  await remove(ada, sid).expect(204);
  await change(2);
});
