import { afterAll, beforeAll, expect, test } from 'vitest';
import { endedAct } from '../support/acts.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { auditOf } from '../support/deletion-record.ts';
import { tellingPicture } from '../support/distinct-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const CODES = '/api/v1/reason-codes';

let inbox: TestInbox;
let ada: CallAs;
let bob: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  ada = await callAs(inbox, 'moderator', 'ada');
  bob = await callAs(inbox, 'moderator', 'bob');
  for (const code of ['abuse', 'other']) await addCode(code, 2);
  await addCode('spam', 1);
});
afterAll(() => inbox.stop());

const addCode = (code: string, reviewers: number) =>
  inbox
    .api('post', CODES)
    .send({ code, label: code, severity: 'high', defaultAct: null, reviewers })
    .expect(201);

let pictures = 0;

async function receive(): Promise<{ sid: string; from: string }> {
  pictures += 1;
  const from = `+1555333${String(pictures).padStart(4, '0')}`;
  const bytes = await tellingPicture(400 + pictures);
  const { message } = await inbox.receive({
    from,
    attachments: [{ bytes, contentType: 'image/jpeg' }],
  });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return { sid: String(media?.sid), from };
}

async function sent(call: CallAs, body: object) {
  const act = { reasonCode: 'abuse', delaySeconds: 0, ...body };
  return endedAct(call, (await call('post', '/api/v1/acts').send(act).expect(201)).body.id);
}

async function escalationOf(sid: string) {
  const { body } = await inbox.api('get', '/api/v1/queues/escalated/items?limit=200').expect(200);
  return body.items.find(({ media }: { media: { sid: string } }) => media.sid === sid)?.escalation;
}

const proposedFor = async (sid: string): Promise<string[]> =>
  ((await escalationOf(sid))?.proposals ?? []).map(
    ({ act, by }: Record<string, string>) => `${by} ${act}`,
  );

const stateOf = async (sid: string) =>
  (await ada('get', `/api/v1/media/${sid}/story`).expect(200)).body.state;

const countsOf = async (call: CallAs) => {
  const { body } = await call('get', '/api/v1/queues').expect(200);
  const { proposed, own } = body.items.find(({ name }: { name: string }) => name === 'escalated');
  return { proposed, own };
};

const block = (call: CallAs, sid: string, more: object = {}) =>
  call('post', `/api/v1/media/${sid}/block`).send({ reasonCode: 'abuse', ...more });

const PROPOSED = { state: 'done', changed: false, proposed: true };
const DONE = { state: 'done', changed: true, proposed: false };

test('two people who both block and delete confirm each other', async () => {
  const { sid } = await receive();
  const later = { mediaSid: sid, reasonCode: 'abuse', delaySeconds: 1 };
  for (const [call, outcome] of [
    [ada, PROPOSED],
    [bob, DONE],
  ] as const) {
    const acts = [];
    for (const act of ['block', 'block-sender', 'delete']) {
      acts.push(
        (
          await call('post', '/api/v1/acts')
            .send({ ...later, act })
            .expect(201)
        ).body.id,
      );
    }
    for (const id of acts) expect(await endedAct(call, id)).toMatchObject(outcome);
    if (call === bob) break;
    expect(await proposedFor(sid)).toEqual(['ada block', 'ada block-sender', 'ada delete']);
    const { proposal, proposals } = await escalationOf(sid);
    expect(proposal).toEqual(proposals[0]);
    expect(await countsOf(ada)).toEqual({ proposed: 1, own: 1 });
    expect(await countsOf(bob)).toEqual({ proposed: 1, own: 0 });
  }
  expect(await stateOf(sid)).toBe('deleted');
  expect(await escalationOf(sid)).toBeUndefined();
  const entries = await auditOf(inbox, `target=${sid}`);
  const ofActs = (name: string) =>
    entries
      .filter(({ action }: { action: string }) => action === name)
      .map(({ actor, after }: { actor: string; after: { act: string } }) => `${actor} ${after.act}`)
      .toSorted();
  const all = ['block', 'block-sender', 'delete'];
  expect(ofActs('media.propose')).toEqual(all.map((act) => `ada ${act}`));
  expect(ofActs('media.confirm')).toEqual(all.map((act) => `bob ${act}`));
});

test('each is confirmed on its own, and the attachment stays escalated until the last is settled', async () => {
  const { sid } = await receive();
  await sent(ada, { mediaSid: sid, act: 'block-sender' });
  await block(bob, sid, { policy: 'delete' }).expect(202);
  expect(await proposedFor(sid)).toEqual(['bob block', 'ada block-sender']);
  // Whoever has proposed one of them is not offered it.
  for (const call of [ada, bob]) {
    await call('post', '/api/v1/claims/next').send({ queue: 'escalated' }).expect(204);
  }
  // Another block takes the place of the block alone.
  await block(ada, sid).expect(202);
  expect(await proposedFor(sid)).toEqual(['ada block', 'ada block-sender']);
  const cy = await callAs(inbox, 'moderator', 'cy');
  const { body: claim } = await cy('post', '/api/v1/claims/next')
    .send({ queue: 'escalated' })
    .expect(201);
  expect(claim.escalation.proposals).toHaveLength(2);
  await block(cy, sid).expect(200);
  expect(await proposedFor(sid)).toEqual(['ada block-sender']);
  expect((await cy('get', `/api/v1/claims/${claim.id}`).expect(200)).body.state).toBe('active');
  expect(await sent(cy, { mediaSid: sid, act: 'block-sender' })).toMatchObject(DONE);
  expect(await escalationOf(sid)).toBeUndefined();
  expect((await cy('get', `/api/v1/claims/${claim.id}`).expect(200)).body.state).toBe('ended');
});

test('a decision ends all of them, and so does a delete with another code', async () => {
  const [decided, deleted] = [(await receive()).sid, (await receive()).sid];
  for (const sid of [decided, deleted]) {
    for (const act of ['block', 'delete']) await sent(ada, { mediaSid: sid, act });
    expect(await proposedFor(sid)).toHaveLength(2);
  }
  await bob('post', `/api/v1/media/${decided}/decision`).send({ decision: 'approve' }).expect(200);
  await bob('delete', `/api/v1/media/${deleted}?reasonCode=spam`).expect(204);
  for (const sid of [decided, deleted]) expect(await escalationOf(sid)).toBeUndefined();
  await sent(bob, { mediaSid: decided, act: 'block' });
  expect(await proposedFor(decided)).toEqual(['bob block']);
});

test('what one person has blocked with another code is not proposed any more; another block is', async () => {
  const { sid } = await receive();
  await block(ada, sid, { policy: 'delete' }).expect(202);
  await block(bob, sid, { policy: 'quarantine', reasonCode: 'spam' }).expect(200);
  expect(await proposedFor(sid)).toEqual(['ada block']);
  await block(bob, sid, { policy: 'delete', reasonCode: 'spam' }).expect(200);
  expect(await escalationOf(sid)).toBeUndefined();
});

test('what was proposed with a code that is removed cannot be confirmed, and is ended by a decision', async () => {
  const { sid } = await receive();
  const acts = ['block', 'block-sender', 'delete'];
  for (const act of acts) await sent(ada, { mediaSid: sid, act, reasonCode: 'other' });
  await inbox.api('delete', `${CODES}/other`).expect(204);
  const refused = [
    block(bob, sid, { reasonCode: 'other' }),
    bob('delete', `/api/v1/media/${sid}?reasonCode=other`),
    ...acts.map((act) =>
      bob('post', '/api/v1/acts').send({ mediaSid: sid, act, reasonCode: 'other' }),
    ),
  ];
  for (const request of refused) {
    const { body } = await request.expect(400);
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ field: 'reasonCode' }] });
  }
  expect(await proposedFor(sid)).toHaveLength(3);
  const { body } = await ada('get', '/api/v1/blocklist?limit=200').expect(200);
  expect(
    body.items.filter(({ reasonCode }: { reasonCode: string }) => reasonCode === 'other'),
  ).toEqual([]);
  await bob('post', `/api/v1/media/${sid}/decision`).send({ decision: 'hold' }).expect(200);
  expect(await escalationOf(sid)).toBeUndefined();
});

test('two at once, of each kind: one proposes, the other confirms', async () => {
  for (let n = 0; n < 3; n += 1) {
    const { sid } = await receive();
    const remove = (call: CallAs) => call('delete', `/api/v1/media/${sid}?reasonCode=abuse`);
    const [one, other] = await Promise.all([block(ada, sid), block(bob, sid), remove(ada)]);
    expect([one.status, other.status].toSorted()).toEqual([200, 202]);
    expect(await proposedFor(sid)).toEqual(['ada delete']);
    const answers = await Promise.all([remove(bob), block(ada, sid, { policy: 'delete' })]);
    expect(answers[0].status).toBe(204);
    expect([202, 404]).toContain(answers[1].status);
    expect(await escalationOf(sid)).toBeUndefined();
  }
});
