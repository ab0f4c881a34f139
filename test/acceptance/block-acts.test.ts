import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ActItem } from '../../src/moderation/acts/act-schemas.ts';
import { endedAct } from '../support/acts.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { checkedRequest } from '../support/checked-requests.ts';
import { auditOf } from '../support/deletion-record.ts';
import { alteredPicture, tellingPicture } from '../support/distinct-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const ACTS = '/api/v1/acts';

let inbox: TestInbox;
let ada: CallAs;
let bob: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  ada = await callAs(inbox, 'moderator', 'ada');
  bob = await callAs(inbox, 'moderator', 'bob');
});
afterAll(() => inbox.stop());

let pictures = 0;

/** A picture of a sender of its own. */
async function receive(bytes?: Buffer): Promise<{ sid: string; from: string; bytes: Buffer }> {
  pictures += 1;
  const from = `+1555222${String(pictures).padStart(4, '0')}`;
  const sent = bytes ?? (await tellingPicture(100 + pictures));
  const attachments = [{ bytes: sent, contentType: 'image/jpeg' }];
  const { message } = await inbox.receive({ from, attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return { sid: String(media?.sid), from, bytes: sent };
}

const begin = (call: CallAs, body: object) => call('post', ACTS).send(body);

async function begun(call: CallAs, body: object): Promise<ActItem> {
  return (await begin(call, body).expect(201)).body;
}

const sent = async (call: CallAs, body: object) =>
  endedAct(call, (await begun(call, { delaySeconds: 0, ...body })).id);

const entriesBy = async (code: string) =>
  (await ada('get', '/api/v1/blocklist?limit=500').expect(200)).body.items.filter(
    ({ reasonCode }: { reasonCode: string }) => reasonCode === code,
  );

const policyOf = async (from: string) => {
  const path = `/api/v1/senders?address=${encodeURIComponent(from)}`;
  return (await ada('get', path).expect(200)).body.items[0]?.policy ?? 'none';
};

const actionsOf = async (sid: string) =>
  (await auditOf(inbox, `target=${sid}`)).map(
    ({ actor, action }: Record<string, string>) => `${actor} ${action}`,
  );

const moderationOf = async (sid: string) =>
  (await ada('get', `/api/v1/media/${sid}`).expect(200)).body.moderation;

test('a picture is blocked when the act goes out, and not before; what comes then is caught', async () => {
  const { sid, bytes } = await receive();
  const why = { reasonCode: 'block-1', reason: 'the same again' };
  const act = await begun(ada, { mediaSid: sid, act: 'block', delaySeconds: 1, ...why });
  expect(act).toMatchObject({ policy: 'quarantine', applyToExisting: false, state: 'waiting' });
  expect(await endedAct(ada, act.id)).toMatchObject({ state: 'done', changed: true });
  for (const { createdAt } of await entriesBy('block-1')) {
    expect(Date.parse(createdAt)).toBeGreaterThanOrEqual(Date.parse(String(act.runsAt)));
  }
  expect(await entriesBy('block-1')).toMatchObject([
    { kind: 'pdq', policy: 'quarantine', source: 'decision', createdBy: 'ada', ...why },
    { kind: 'sha256', policy: 'quarantine', source: 'decision', createdBy: 'ada', ...why },
  ]);
  const [look, bytesOf] = await entriesBy('block-1');
  expect([look.addedWith, bytesOf.addedWith]).toEqual([bytesOf.id, look.id]);
  // It decides nothing about the attachment itself, and is in its story.
  expect(await moderationOf(sid)).toBe('visible');
  const { body: story } = await ada('get', `/api/v1/media/${sid}/story`).expect(200);
  const entries = (await entriesBy('block-1')).map(({ id }: { id: string }) => id).toSorted();
  expect(story.items.at(-1)).toMatchObject({
    ...{ kind: 'media.block', by: 'ada', ...why },
    after: { policy: 'quarantine', applyToExisting: false, entries },
  });
  const copy = await receive(await alteredPicture(bytes));
  expect(await moderationOf(copy.sid)).toBe('quarantined');
  const again = await sent(bob, { mediaSid: sid, act: 'block' });
  expect(again).toMatchObject({ state: 'done', changed: false });
});

test('a stricter policy, applied to what is stored', async () => {
  const { sid, bytes } = await receive();
  const copy = await receive(bytes);
  const more = { policy: 'delete', applyToExisting: true, reasonCode: 'block-2' };
  expect(await sent(ada, { mediaSid: sid, act: 'block', ...more })).toMatchObject({
    ...{ policy: 'delete', applyToExisting: true, changed: true },
  });
  await expect
    .poll(async () => (await ada('get', `/api/v1/media/${copy.sid}`)).status, { timeout: 20_000 })
    .toBe(404);
});

test('a sender is blocked, which the story of the attachment says without the sender', async () => {
  const { sid, from } = await receive();
  const block = { mediaSid: sid, act: 'block-sender', reasonCode: 'abuse' };
  const act = await begun(ada, { ...block, delaySeconds: 1 });
  expect(await endedAct(ada, act.id)).toMatchObject({ state: 'done', changed: true });
  expect(await policyOf(from)).toBe('refuse');
  expect(await auditOf(inbox, `target=${sid}`)).toMatchObject([
    { actor: 'ada', action: 'media.block-sender', reasonCode: 'abuse', before: null, after: null },
  ]);
  const [updated] = await auditOf(inbox, 'action=sender.update');
  expect(updated).toMatchObject({ actor: 'ada', after: { policy: 'refuse' } });
  expect(Date.parse(updated.at)).toBeGreaterThanOrEqual(Date.parse(String(act.runsAt)));
  expect(await sent(bob, block)).toMatchObject({ state: 'done', changed: false });
});

test('a delete with its sender is both, or neither', async () => {
  const both = await receive();
  const body = { mediaSid: both.sid, act: 'delete', blockSender: true };
  expect(await sent(ada, { ...body, message: true })).toMatchObject({
    ...{ act: 'delete', blockSender: true, state: 'done', changed: true },
    deletionId: expect.any(String),
  });
  expect(await policyOf(both.from)).toBe('refuse');
  expect(await actionsOf(both.sid)).toEqual(['ada media.block-sender', 'ada media.delete']);

  const neither = await receive();
  const act = await begun(ada, {
    ...body,
    mediaSid: neither.sid,
    expected: 'visible',
    delaySeconds: 5,
  });
  await bob('post', `/api/v1/media/${neither.sid}/decision`).send({ decision: 'hold' }).expect(200);
  expect(await endedAct(ada, act.id)).toMatchObject({ state: 'failed' });
  expect(await policyOf(neither.from)).toBe('none');
  expect(await moderationOf(neither.sid)).toBe('held');
});

test('what is taken back blocks nothing', async () => {
  const { sid, from } = await receive();
  for (const act of ['block', 'block-sender', 'delete']) {
    const more = act === 'delete' ? { blockSender: true } : {};
    const { id } = await begun(ada, { mediaSid: sid, act, reasonCode: 'undone', ...more });
    await ada('delete', `${ACTS}/${id}`).expect(204);
    expect(await endedAct(ada, id)).toMatchObject({ state: 'cancelled', changed: null });
  }
  const later = await receive();
  await sent(ada, { mediaSid: later.sid, act: 'hold', delaySeconds: 1 });
  expect(await entriesBy('undone')).toEqual([]);
  expect(await policyOf(from)).toBe('none');
  expect(await actionsOf(sid)).toEqual(['ada act.cancel', 'ada act.cancel', 'ada act.cancel']);
  const [cancelled] = await auditOf(inbox, `target=${sid}`);
  expect(cancelled.before).toMatchObject({ act: 'delete', blockSender: true });
});

test('a block of each kind and a decision may wait at once, and a block leaves the attachment in its queue', async () => {
  const { sid } = await receive();
  await ada('post', `/api/v1/media/${sid}/decision`).send({ decision: 'hold' }).expect(200);
  const take = (call: CallAs) =>
    call('post', '/api/v1/claims').send({ queue: 'held', mediaSid: sid });
  const { body: claim } = await take(ada).expect(201);
  const later = { mediaSid: sid, delaySeconds: 60 };
  const acts = [
    await begun(ada, { ...later, act: 'block' }),
    await begun(bob, { ...later, act: 'block-sender' }),
  ];
  const stillMine = await ada('get', `/api/v1/claims/${claim.id}`).expect(200);
  expect(stillMine.body.state).toBe('active');
  for (const act of ['block', 'block-sender']) {
    const { body, headers } = await begin(bob, { ...later, act }).expect(409);
    const first = acts.find((known) => known.act === act);
    expect(headers.location).toBe(`${ACTS}/${first?.id}`);
    expect(body.detail).toContain(`: ${act}, by ${first?.requestedBy}.`);
  }
  await ada('delete', `/api/v1/claims/${claim.id}`).expect(204);
  await take(bob).expect(201);
  acts.push(await begun(bob, { ...later, act: 'approve' }));
  await begin(ada, { ...later, act: 'delete' }).expect(409);
  for (const { id } of acts) await inbox.api('delete', `${ACTS}/${id}`).expect(204);
});

test('what was blocked before it was deleted is blocked, also when both go out late', async () => {
  const { sid, from } = await receive();
  const soon = { mediaSid: sid, delaySeconds: 1 };
  const acts = [
    await begun(ada, { ...soon, act: 'block', reasonCode: 'late' }),
    await begun(ada, { ...soon, act: 'block-sender' }),
    await begun(ada, { ...soon, act: 'delete', message: true }),
  ];
  await inbox.restart();
  for (const { id } of acts) {
    expect(await endedAct(ada, id)).toMatchObject({ state: 'done', changed: true });
  }
  expect(await entriesBy('late')).toHaveLength(2);
  expect(await policyOf(from)).toBe('refuse');
});

test('a picture is blocked also when its attachment was deleted meanwhile, in whichever way', async () => {
  const removals: ((sid: string) => PromiseLike<unknown>)[] = [
    (sid) => bob('delete', `/api/v1/media/${sid}`).expect(204),
    (sid) => bob('delete', `/api/v1/media/${sid}?scope=sender&message=true`).expect(204),
    (sid) =>
      bob('post', '/api/v1/bulk')
        .send({ action: 'delete', sids: [sid] })
        .expect(202),
    (sid) => sent(bob, { mediaSid: sid, act: 'delete' }),
  ];
  const received = [];
  for (const remove of removals) received.push({ ...(await receive()), remove });
  const ends = received.map(async ({ sid, remove }, n) => {
    const act = { mediaSid: sid, act: 'block', delaySeconds: 15, reasonCode: `gone-${n}` };
    const { id } = await begun(ada, act);
    await remove(sid);
    return endedAct(ada, id);
  });
  for (const ended of await Promise.all(ends)) {
    expect(ended).toMatchObject({ state: 'done', changed: true });
  }
  for (const [n, { sid, bytes }] of received.entries()) {
    expect(await entriesBy(`gone-${n}`)).toHaveLength(2);
    // Newest first.
    const [last, ...before] = await actionsOf(sid);
    expect(last).toBe('ada media.block');
    expect(before).toContain('bob media.delete');
    expect(await moderationOf((await receive(bytes)).sid)).toBe('quarantined');
  }
}, 90_000);

test('an act blocks what the immediate request would: for all numbers, and with any code', async () => {
  await inbox
    .api('post', '/api/v1/reason-codes')
    .send({ code: 'listed', label: 'Listed', severity: 'low', defaultAct: null })
    .expect(201);
  const key = { name: 'north', role: 'moderator', numbers: ['+15550009999'] };
  const { body } = await inbox.api('post', '/api/v1/keys').send(key).expect(201);
  const north: CallAs = (method, path) =>
    checkedRequest(inbox.url, method, path).set('Authorization', `Bearer ${body.secret}`);
  const { sid, from } = await receive();
  const block = { mediaSid: sid, reasonCode: 'unlisted' };
  expect(await sent(north, { ...block, act: 'block' })).toMatchObject({ changed: true });
  expect(await sent(north, { ...block, act: 'block-sender' })).toMatchObject({ changed: true });
  expect(await policyOf(from)).toBe('refuse');
  await north('post', `/api/v1/media/${sid}/block`).send({ reasonCode: 'unlisted' }).expect(200);
  for (const act of ['hold', 'delete']) {
    await begin(north, { mediaSid: sid, act, reasonCode: 'listed' }).expect(403);
    await begin(ada, { ...block, act }).expect(400);
  }
  await inbox.api('delete', '/api/v1/reason-codes/listed').expect(204);
});

test('with a code that takes two, blocks are proposed, and carried out when somebody else sends the same', async () => {
  const code = { code: 'two', label: 'Two', severity: 'high', defaultAct: null, reviewers: 2 };
  await inbox.api('post', '/api/v1/reason-codes').send(code).expect(201);
  const escalation = async (sid: string) => {
    const { body } = await bob('get', '/api/v1/queues/escalated/items').expect(200);
    return body.items.find(({ media }: { media: { sid: string } }) => media.sid === sid)
      ?.escalation;
  };
  const bodies = [
    { act: 'block', policy: 'delete' },
    { act: 'block-sender' },
    { act: 'delete', blockSender: true },
  ];
  for (const body of bodies) {
    const { sid, from } = await receive();
    const act = { mediaSid: sid, reasonCode: 'two', ...body };
    const proposed = { state: 'done', changed: false, proposed: true };
    expect(await sent(ada, act)).toMatchObject(proposed);
    expect(await sent(ada, act)).toMatchObject(proposed);
    expect((await escalation(sid)).proposal).toMatchObject({ by: 'ada', ...body });
    expect(await policyOf(from)).toBe('none');
    expect(await entriesBy('two')).toHaveLength(body.act === 'block' ? 0 : 2);
    expect(await sent(bob, act)).toMatchObject({ state: 'done', changed: true, proposed: false });
    expect(await escalation(sid)).toBeUndefined();
    expect(await policyOf(from)).toBe(body.act === 'block' ? 'none' : 'refuse');
    const did = body.act === 'block' ? 'media.block' : 'media.block-sender';
    expect(await actionsOf(sid)).toEqual([
      `bob ${did}`,
      ...(body.act === 'delete' ? ['bob media.delete'] : []),
      'bob media.confirm',
      'ada media.propose',
    ]);
  }
  expect(await entriesBy('two')).toMatchObject([
    { policy: 'delete', createdBy: 'bob' },
    { policy: 'delete', createdBy: 'bob' },
  ]);

  // A delete alone confirms no block: it takes the place of the delete that was proposed, and of nothing else.
  const { sid, from } = await receive();
  await sent(ada, { mediaSid: sid, act: 'delete', blockSender: true, reasonCode: 'two' });
  await sent(ada, { mediaSid: sid, act: 'block', reasonCode: 'two' });
  const alone = await sent(bob, { mediaSid: sid, act: 'delete', reasonCode: 'two' });
  expect(alone).toMatchObject({ proposed: true });
  expect((await escalation(sid)).proposals).toMatchObject([
    { by: 'ada', act: 'block' },
    { by: 'bob', act: 'delete', blockSender: false },
  ]);

  // What cannot wait for a second person is refused.
  const restrict = (change: object) =>
    ada('put', '/api/v1/senders').send({ address: from, reasonCode: 'two', ...change });
  for (const policy of ['quarantine', 'refuse']) {
    const { body } = await restrict({ policy }).expect(409);
    expect(body).toMatchObject({
      code: 'second_reviewer_needed',
      detail: expect.stringContaining('An act `block-sender` on one of their attachments'),
    });
  }
  expect(await policyOf(from)).toBe('none');
  await restrict({ policy: 'none', muted: true, note: 'for now' }).expect(200);
  const { body } = await inbox
    .api('post', '/api/v1/blocklist')
    .field({ reasonCode: 'two' })
    .attach('file', await tellingPicture(999), 'picture.jpg')
    .expect(409);
  expect(body).toMatchObject({
    code: 'second_reviewer_needed',
    detail:
      'Nothing is done: two takes two people. Block stored attachments one at a time with it.',
  });
  expect(await entriesBy('two')).toHaveLength(2);
  await inbox.api('delete', '/api/v1/reason-codes/two').expect(204);
});

test('what is not possible, and fields of other acts, are refused', async () => {
  const fieldsOf = async (body: object) =>
    (await begin(ada, body).expect(400)).body.errors.map(({ field }: { field: string }) => field);
  const { sid } = await receive();
  expect(
    await fieldsOf({ mediaSid: sid, act: 'hold', policy: 'delete', blockSender: true }),
  ).toEqual(['blockSender', 'policy']);
  expect(await fieldsOf({ mediaSid: sid, act: 'block', expected: 'held', scope: 'one' })).toEqual([
    'scope',
    'expected',
  ]);
  expect(await fieldsOf({ mediaSid: sid, act: 'block-sender', applyToExisting: false })).toEqual([
    'applyToExisting',
  ]);
  const imported = await inbox
    .api('post', '/api/v1/media')
    .attach('files', Buffer.from('a note of nobody'), 'note.txt')
    .expect(201);
  const [nobody] = await inbox.mediaOf(imported.body.messageSid, 'stored');
  for (const more of [{ act: 'block-sender' }, { act: 'delete', blockSender: true }]) {
    expect(await fieldsOf({ mediaSid: nobody?.sid, ...more })).toEqual(['mediaSid']);
  }
  await ada('delete', `/api/v1/media/${sid}`).expect(204);
  expect((await begin(ada, { mediaSid: sid, act: 'block' }).expect(404)).body.code).toBe(
    'media_deleted',
  );
  const unknown = `ME${'0'.repeat(32)}`;
  for (const act of ['block', 'block-sender']) {
    await begin(ada, { mediaSid: unknown, act }).expect(404);
  }
});
