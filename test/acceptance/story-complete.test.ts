import { afterAll, beforeAll, expect, test } from 'vitest';
import { endedAct } from '../support/acts.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { startClassifier, type TestClassifier } from '../support/classifier.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const SENDER = '+15550003333';

let inbox: TestInbox;
let classifier: TestClassifier;
let ada: CallAs;
let bob: CallAs;
beforeAll(async () => {
  classifier = await startClassifier();
  inbox = await startTestInbox({ SCAN_URL: classifier.url });
  ada = await callAs(inbox, 'moderator', 'ada');
  bob = await callAs(inbox, 'moderator', 'bob');
  const code = { label: 'A label', severity: 'high' };
  for (const more of [
    { code: 'abuse', reviewers: 2 },
    { code: 'spam', onThird: 'quarantine' },
  ]) {
    await inbox
      .api('post', '/api/v1/reason-codes')
      .send({ ...code, ...more })
      .expect(201);
  }
});
afterAll(async () => {
  await inbox.stop();
  await classifier.stop();
});

let seed = 50;
async function receivePicture(): Promise<{ sid: string; messageSid: string }> {
  seed += 1;
  const attachments = [{ bytes: await smallPicture(seed), contentType: 'image/png' }];
  const { message } = await inbox.receive({ from: SENDER, attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return { sid: String(media?.sid), messageSid: message.sid };
}

interface Item {
  kind: string;
  by: string | null;
  text: string | null;
  after: Record<string, unknown> | null;
}

async function storyOf(sid: string): Promise<Item[]> {
  return (await ada('get', `/api/v1/media/${sid}/story`).expect(200)).body.items;
}

/** Waits until something is told, so that what comes next is told behind it. */
async function told(sid: string, kind: string): Promise<void> {
  await eventually(async () =>
    expect((await storyOf(sid)).map((item) => item.kind)).toContain(kind),
  );
}

test('everything that can happen to an attachment is told once, in the order in which it happened', async () => {
  classifier.answer({ action: 'quarantine', labels: ['nudity'], reason: 'score 0.97' });
  const { sid, messageSid } = await receivePicture();
  const arrival = await storyOf(sid);
  expect(arrival.map(({ kind }) => kind)).toEqual([
    ...['received', 'fetch', 'fetched', 'verdict', 'stored', 'media.quarantine'],
  ]);
  expect(arrival[3]).toMatchObject({
    reason: 'score 0.97',
    after: { action: 'quarantine', labels: ['nudity'] },
  });
  classifier.answer({ action: 'allow' });
  const path = `/api/v1/media/${sid}`;
  const decide = (call: CallAs, body: object) => call('post', `${path}/decision`).send(body);

  await ada('post', `${path}/reveal`).send({}).expect(201);
  await decide(ada, { decision: 'approve', reason: 'a statue' }).expect(200);
  const report = (await bob('post', `${path}/reports`).send({ reason: 'my door' }).expect(201))
    .body;
  await ada('post', `/api/v1/reports/${report.id}/dismiss`).send({}).expect(200);
  await ada('put', `${path}/pin`).send({}).expect(200);
  await ada('delete', `${path}/pin`).expect(200);
  const note = { mediaSid: sid, text: 'asked the sender' };
  const noted = (await ada('post', '/api/v1/notes').send(note).expect(201)).body;
  await ada('delete', `/api/v1/notes/${noted.id}`).expect(204);
  await ada('post', '/api/v1/notes').send({ messageSid, text: 'an advertisement' }).expect(201);
  await ada('post', `/api/v1/messages/${messageSid}/decision`)
    .send({ decision: 'quarantine' })
    .expect(200);
  await inbox.api('post', `${path}/scan`).send({}).expect(202);
  const bulk = { action: 'hold', sids: [sid], reason: 'all of them' };
  await ada('post', '/api/v1/bulk').send(bulk).expect(202);
  await told(sid, 'media.hold');
  const claim = async (call: CallAs, queue: string) =>
    (await call('post', '/api/v1/claims').send({ queue, mediaSid: sid }).expect(201)).body.id;
  await ada('delete', `/api/v1/claims/${await claim(ada, 'held')}?skipped=true`).expect(204);
  const held = await claim(ada, 'held');
  await ada('post', `/api/v1/claims/${held}/escalate`).send({ reason: 'is it?' }).expect(200);
  const act = { mediaSid: sid, act: 'delete', delaySeconds: 60 };
  const waiting = (await bob('post', '/api/v1/acts').send(act).expect(201)).body;
  await bob('delete', `/api/v1/acts/${waiting.id}`).expect(204);
  await bob('post', `${path}/block`).send({ reasonCode: 'spam' }).expect(200);
  await bob('put', '/api/v1/senders').send({ address: SENDER, muted: true }).expect(200);
  await ada('delete', `${path}?reasonCode=abuse`).expect(202);
  await bob('delete', `${path}?reasonCode=abuse`).expect(204);
  await told(sid, 'deletion');

  const items = await storyOf(sid);
  expect(items.map(({ kind, by }) => (by === null ? kind : `${by} ${kind}`))).toEqual([
    // The verdict is deleted with the bytes.
    ...['received', 'fetch', 'fetched', 'stored', 'system:scan media.quarantine'],
    ...['ada media.reveal', 'ada media.approve', 'bob media.report', 'ada report.dismiss'],
    ...['ada media.pin', 'ada media.unpin', 'ada note.create', 'ada note.delete'],
    ...['ada note.create', 'ada message.quarantine', 'ADMIN_API_KEY media.scan', 'ada bulk'],
    ...['ada media.hold', 'ada media.skip', 'ada media.escalate', 'bob act.cancel'],
    ...['bob media.block', 'bob sender.update', 'ada media.propose', 'bob media.confirm'],
    ...['bob deletion', 'bob media.delete'],
  ]);
  const of = (wanted: string) => items.filter(({ kind }) => kind === wanted).at(-1);
  expect(of('bulk')?.after).toMatchObject({ action: 'hold', outcome: 'changed' });
  expect(of('media.block')?.after).toMatchObject({ policy: 'quarantine' });
  expect(of('media.block')?.after?.entries).toEqual(['1']);
  expect(of('sender.update')?.after).toEqual({ policy: 'none', muted: true });
  expect(of('media.propose')?.after).toMatchObject({ act: 'delete', scope: 'one' });
  await eventually(async () => {
    const deletion = (await storyOf(sid)).find(({ kind }) => kind === 'deletion');
    expect(deletion?.after).toMatchObject({ local: 'done', previews: 'done', upstream: 'done' });
  });
}, 60_000);

test('the verdict of the classifier that stands, and what a third attachment caused', async () => {
  classifier.answer({ action: 'allow', labels: ['drawing'] });
  const sids: string[] = [];
  for (let n = 0; n < 3; n += 1) sids.push((await receivePicture()).sid);
  const [first = '', second = '', third = ''] = sids;
  expect((await storyOf(first)).find(({ kind }) => kind === 'verdict')).toMatchObject({
    after: { action: 'allow', labels: ['drawing'] },
  });
  const strikes = async () => {
    const query = `address=${encodeURIComponent(SENDER)}`;
    return (await ada('get', `/api/v1/senders/strikes?${query}`).expect(200)).body.items;
  };
  expect(await strikes()).toEqual([]);
  for (const sid of [first, second]) {
    const decision = { decision: 'quarantine', reasonCode: 'spam' };
    await ada('post', `/api/v1/media/${sid}/decision`).send(decision).expect(200);
  }
  expect(await strikes()).toEqual([{ reasonCode: 'spam', count: 2 }]);
  const act = { mediaSid: third, act: 'quarantine', reasonCode: 'spam', delaySeconds: 0 };
  await endedAct(ada, (await ada('post', '/api/v1/acts').send(act).expect(201)).body.id);
  expect(await strikes()).toEqual([{ reasonCode: 'spam', count: 3 }]);
  expect((await storyOf(third)).slice(-2)).toMatchObject([
    { kind: 'media.quarantine', by: 'ada' },
    { kind: 'sender.update', by: 'system:strikes', after: { policy: 'quarantine' } },
  ]);
});
