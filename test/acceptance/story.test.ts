import { afterAll, beforeAll, expect, test } from 'vitest';
import { endedAct } from '../support/acts.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let ada: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  ada = await callAs(inbox, 'moderator', 'ada');
});
afterAll(() => inbox.stop());

interface Item {
  at: string;
  kind: string;
  after: Record<string, unknown> | null;
}

async function receivePicture(seed: number): Promise<string> {
  const attachments = [{ bytes: await smallPicture(seed), contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return String(media?.sid);
}

const storyOf = async (sid: string) =>
  (await ada('get', `/api/v1/media/${sid}/story`).expect(200)).body as {
    state: string;
    items: Item[];
    isComplete: boolean;
  };

test('everything that happened to an attachment, in order of time, also behind its deletion', async () => {
  const sid = await receivePicture(1);
  const path = `/api/v1/media/${sid}`;
  await ada('post', `${path}/reports`).send({ reason: 'my door' }).expect(201);
  await ada('post', `${path}/decision`).send({ decision: 'hold', reasonCode: 'check' }).expect(200);
  await ada('post', `${path}/reveal`).send({ reason: 'to decide' }).expect(201);
  await ada('post', '/api/v1/notes').send({ mediaSid: sid, text: 'asked the sender' }).expect(201);
  const { body: claim } = await ada('post', '/api/v1/claims/next').send({ queue: 'held' });
  await ada('post', `/api/v1/claims/${claim.id}/escalate`).send({ reason: 'is it?' }).expect(200);
  await ada('post', `${path}/decision`).send({ decision: 'approve' }).expect(200);
  const kinds = [
    ...['received', 'fetch', 'fetched', 'stored', 'media.report', 'media.hold', 'media.reveal'],
    ...['note.create', 'media.escalate', 'media.approve'],
  ];
  const story = await storyOf(sid);
  expect(story).toMatchObject({ state: 'stored', isComplete: true });
  expect(story.items.map(({ kind }) => kind)).toEqual(kinds);
  expect(story.items.map(({ at }) => at)).toEqual(story.items.map(({ at }) => at).toSorted());
  expect(story.items[0]).toMatchObject({ after: { source: 'webhook' }, by: null });
  expect(story.items[4]).toMatchObject({ by: 'ada', text: 'my door' });
  expect(story.items[5]).toMatchObject({ reasonCode: 'check', after: { moderation: 'held' } });
  expect(story.items[7]).toMatchObject({ text: 'asked the sender' });

  await ada('delete', `${path}?reason=enough`).expect(204);
  await eventually(async () => {
    const deletion = (await storyOf(sid)).items.find(({ kind }) => kind === 'deletion');
    expect(deletion?.after).toMatchObject({ scope: 'one', local: 'done', upstream: 'done' });
  });
  const deleted = await storyOf(sid);
  expect(deleted.state).toBe('deleted');
  expect(deleted.items.map(({ kind }) => kind).toSorted()).toEqual(
    [...kinds, 'media.delete', 'deletion'].toSorted(),
  );
  expect(JSON.stringify(deleted)).not.toMatch(/my door|asked the sender/);
});

test('what the policy for a sender decided on receipt is a part of it', async () => {
  await ada('put', '/api/v1/senders')
    .send({ address: '+15550009999', policy: 'quarantine' })
    .expect(200);
  const { message } = await inbox.receive({
    from: '+15550009999',
    attachments: [{ bytes: await smallPicture(2), contentType: 'image/png' }],
  });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  expect((await storyOf(String(media?.sid))).items).toContainEqual(
    expect.objectContaining({ kind: 'media.quarantine', by: 'system:sender' }),
  );
});

test('an appeal: who decides otherwise says why, and whose decision it was stays known', async () => {
  const bob = await callAs(inbox, 'moderator', 'bob');
  const sid = await receivePicture(3);
  const spam = { reasonCode: 'spam', reason: 'an advertisement' };
  const path = `/api/v1/media/${sid}/decision`;
  await ada('post', path)
    .send({ decision: 'quarantine', ...spam })
    .expect(200);
  const appeal = { reasonCode: 'appeal', reason: 'the sender is a customer' };
  const act = { mediaSid: sid, act: 'approve', delaySeconds: 0, ...appeal };
  await endedAct(bob, (await bob('post', '/api/v1/acts').send(act).expect(201)).body.id);
  await ada('delete', `/api/v1/media/${sid}?reasonCode=spam`).expect(204);
  const of = (wanted: string) => ({ kind: `media.${wanted}` });
  const { items } = await storyOf(sid);
  expect(items.filter(({ kind }) => kind.startsWith('media.'))).toMatchObject([
    { ...of('quarantine'), by: 'ada', ...spam, before: { moderation: 'visible' } },
    {
      ...of('approve'),
      ...{ by: 'bob', ...appeal },
      before: { moderation: 'quarantined', decidedBy: 'ada', ...spam },
      after: { moderation: 'visible' },
    },
    { ...of('delete'), by: 'ada', before: { moderation: 'visible', decidedBy: 'bob', ...appeal } },
  ]);
});

test('an appeal about the text of a message', async () => {
  const { message } = await inbox.receive({ body: 'a text', attachments: [] });
  const decide = (decision: string, reason: string) =>
    ada('post', `/api/v1/messages/${message.sid}/decision`).send({ decision, reason }).expect(200);
  await decide('quarantine', 'rude');
  await decide('approve', 'a quotation');
  const { body } = await ada('get', `/api/v1/audit?target=${message.sid}`).expect(200);
  expect(body.items).toMatchObject([
    { reason: 'a quotation', before: { decidedBy: 'ada', reason: 'rude' } },
    { reason: 'rude', before: { moderation: 'visible' } },
  ]);
});

test('there is no story of what never was', async () => {
  await ada('get', `/api/v1/media/ME${'0'.repeat(32)}/story`).expect(404);
});
