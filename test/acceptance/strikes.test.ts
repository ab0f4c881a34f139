import { beforeAll, expect, test } from 'vitest';
import { endedAct } from '../support/acts.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { auditOf } from '../support/deletion-record.ts';
import { addEndpoint, inboxWithReceiver } from '../support/events.ts';
import { importNotes } from '../support/import-notes.ts';
import { eventually, type TestInbox } from '../support/test-inbox.ts';

const both = inboxWithReceiver();
let inbox: TestInbox;
let ada: CallAs;
beforeAll(async () => {
  inbox = both.inbox;
  ada = await callAs(inbox, 'moderator', 'ada');
  for (const onThird of ['none', 'mute', 'quarantine', 'refuse']) {
    const code = { code: `to-${onThird}`, label: 'A label', severity: 'low', onThird };
    expect(
      (await inbox.api('post', '/api/v1/reason-codes').send(code).expect(201)).body.onThird,
    ).toBe(onThird);
  }
});

let senders = 0;
function newSender(): string {
  senders += 1;
  return `+1555000${String(senders).padStart(4, '0')}`;
}
const decide = (sid: string, decision: string, reasonCode?: string) =>
  ada('post', `/api/v1/media/${sid}/decision`).send({ decision, reasonCode }).expect(200);
const senderOf = async (address: string) => {
  const { body } = await ada('get', `/api/v1/senders?address=${encodeURIComponent(address)}`);
  return body.items[0];
};

test('the third attachment sets the policy, with an entry in the audit log', async () => {
  const address = newSender();
  const sids = await importNotes(inbox, 4, address);
  const [first = '', second = '', third = '', fourth = ''] = sids;
  await decide(first, 'quarantine', 'to-quarantine');
  // Twice is once.
  await decide(first, 'quarantine', 'to-quarantine');
  await ada('delete', `/api/v1/media/${second}?reasonCode=to-quarantine`).expect(204);
  expect(await senderOf(address)).toBeUndefined();
  await ada('delete', `/api/v1/media/${third}?reasonCode=to-quarantine`).expect(204);
  const sender = await senderOf(address);
  const set = { policy: 'quarantine', muted: false };
  expect(sender).toMatchObject({ ...set, address, updatedBy: 'system:strikes' });
  const entries = () => auditOf(inbox, `target=${sender.id}`);
  expect(await entries()).toMatchObject([
    {
      ...{ actor: 'system:strikes', action: 'sender.update', reasonCode: 'to-quarantine' },
      ...{ reason: 'the third attachment decided with to-quarantine', before: null, after: set },
    },
  ]);
  await decide(fourth, 'quarantine', 'to-quarantine');
  expect(await entries()).toHaveLength(1);
});

test('what is undone does not count, nor what is decided with another code', async () => {
  const address = newSender();
  const [one = '', two = '', three = '', four = ''] = await importNotes(inbox, 4, address);
  for (const sid of [one, two]) await decide(sid, 'quarantine', 'to-refuse');
  await decide(one, 'approve');
  await decide(three, 'quarantine', 'to-mute');
  await decide(four, 'quarantine', 'to-none');
  await ada('delete', `/api/v1/media/${four}?reasonCode=to-refuse`).expect(204);
  await ada('delete', `/api/v1/media/${two}?reasonCode=to-none`).expect(204);
  await decide(one, 'quarantine', 'to-refuse');
  expect(await senderOf(address)).toBeUndefined();
  await ada('delete', `/api/v1/media/${three}?reasonCode=to-refuse`).expect(204);
  expect(await senderOf(address)).toMatchObject({ policy: 'refuse' });
});

test('a stricter policy stays; a policy and a mute stand beside each other', async () => {
  const address = newSender();
  const set = { address, policy: 'refuse', note: 'known' };
  await ada('put', '/api/v1/senders').send(set).expect(200);
  const sids = await importNotes(inbox, 6, address);
  for (const sid of sids.slice(0, 3)) await decide(sid, 'hold');
  for (const sid of sids.slice(0, 3)) {
    await ada('delete', `/api/v1/media/${sid}?reasonCode=to-quarantine`).expect(204);
  }
  expect(await senderOf(address)).toMatchObject({ policy: 'refuse', updatedBy: 'ada' });
  for (const sid of sids.slice(3)) {
    await ada('delete', `/api/v1/media/${sid}?reasonCode=to-mute`).expect(204);
  }
  expect(await senderOf(address)).toMatchObject({ policy: 'refuse', muted: true, note: 'known' });
});

test('by acts, by bulk acts and by wide deletes; and never by an erasure', async () => {
  const [byActs, byBulk, byDelete, erased] = [newSender(), newSender(), newSender(), newSender()];
  for (const mediaSid of await importNotes(inbox, 3, byActs)) {
    const act = { mediaSid, act: 'quarantine', reasonCode: 'to-refuse', delaySeconds: 0 };
    const { body } = await ada('post', '/api/v1/acts').send(act).expect(201);
    await endedAct(ada, body.id);
  }
  expect(await senderOf(byActs)).toMatchObject({ policy: 'refuse' });

  const sids = await importNotes(inbox, 3, byBulk);
  const bulk = { action: 'quarantine', sids, reasonCode: 'to-refuse' };
  await ada('post', '/api/v1/bulk').send(bulk).expect(202);
  await eventually(async () => expect(await senderOf(byBulk)).toMatchObject({ policy: 'refuse' }));

  const [sid = ''] = await importNotes(inbox, 3, byDelete);
  const scope = 'scope=message&message=true&reasonCode=to-refuse';
  await ada('delete', `/api/v1/media/${sid}?${scope}`).expect(204);
  expect(await senderOf(byDelete)).toMatchObject({ policy: 'refuse' });

  await importNotes(inbox, 3, erased);
  const { body } = await inbox
    .api('post', '/api/v1/senders/erasures')
    .send({ address: erased, reasonCode: 'to-refuse' })
    .expect(202);
  await eventually(async () => {
    const erasure = await inbox.api('get', `/api/v1/senders/erasures/${body.id}`).expect(200);
    expect(erasure.body.erasedAt).not.toBeNull();
  });
  expect(await senderOf(erased)).toBeUndefined();
});

test('of three decisions at the same time, none is missed', async () => {
  const address = newSender();
  const sids = await importNotes(inbox, 3, address);
  await Promise.all(sids.map((sid) => decide(sid, 'quarantine', 'to-refuse')));
  expect(await senderOf(address)).toMatchObject({ policy: 'refuse' });
});

test('there is an event, also of a mute', async () => {
  await addEndpoint(inbox, both.receiver, { types: ['sender.restricted'] });
  const address = newSender();
  const sids = await importNotes(inbox, 3, address);
  for (const sid of sids) await decide(sid, 'quarantine', 'to-mute');
  const { id } = await senderOf(address);
  const facts = { senderId: id, mediaSid: sids.at(-1), onThird: 'mute', reasonCode: 'to-mute' };
  await eventually(async () => {
    // Events of the tests before may be published only now.
    const own = both.receiver.accepted.filter(({ data }) => data.senderId === id);
    expect(own).toMatchObject([{ data: { ...facts, decidedBy: 'system:strikes' } }]);
  });
});
