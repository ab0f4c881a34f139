import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { bulk, NOTHING, undoBulk } from '../support/bulk.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { type Answerer, startClassifier, type TestClassifier } from '../support/classifier.ts';
import { auditOf } from '../support/deletion-record.ts';
import { followEvents } from '../support/event-stream.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let classifier: TestClassifier;
let inbox: TestInbox;
let ada: CallAs;
let bob: CallAs;
beforeAll(async () => {
  classifier = await startClassifier();
  inbox = await startTestInbox({ SCAN_URL: classifier.url, SCAN_TIMEOUT_SECONDS: '100' });
  ada = await callAs(inbox, 'moderator', 'ada');
  bob = await callAs(inbox, 'moderator', 'bob');
});
afterAll(async () => {
  await inbox.stop();
  await classifier.stop();
});
beforeEach(() => classifier.answer({ action: 'allow' }));
// Scans and passes over the blocklist are jobs.
vi.setConfig({ testTimeout: 90_000 });

const mediaOf = async (sid: string) => (await ada('get', `/api/v1/media/${sid}`).expect(200)).body;
const decide = (call: CallAs, sid: string, decision: string) =>
  call('post', `/api/v1/media/${sid}/decision`).send({ decision }).expect(200);

let seed = 8000;
const newPicture = () => {
  seed += 1;
  return smallPicture(seed);
};
async function receive(bytes: Buffer, state: MediaItem['state'] = 'stored'): Promise<string> {
  const attachments = [{ bytes, contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, state);
  return String(media?.sid);
}

/** The classifier says it once more about an attachment. */
async function scanAgain(sid: string, action: string, labels: string[] = []): Promise<void> {
  classifier.answer({ action, labels });
  await bob('post', `/api/v1/media/${sid}/scan`).send({}).expect(202);
  await eventually(async () => expect((await mediaOf(sid)).scan).toMatchObject({ action, labels }));
}

/** Blocks a picture, and waits until the entry was applied to what is stored. */
async function block(picture: Buffer, policy: 'quarantine' | 'delete'): Promise<string> {
  const [blocked, other] = [await receive(picture), await receive(picture)];
  const { body } = await bob('post', `/api/v1/media/${blocked}/block`)
    .send({ policy, applyToExisting: true })
    .expect(200);
  await eventually(async () => {
    const [entry] = await auditOf(inbox, `target=${other}&action=media.quarantine`);
    expect(entry?.actor).toBe('system:blocklist');
  });
  return body.entries.find(({ kind }: { kind: string }) => kind === 'sha256').id;
}

test('what was blocked meanwhile is caught, with each step in the audit log and as an event', async () => {
  const picture = await newPicture();
  const sid = await receive(picture);
  const reader = await followEvents(inbox, {
    query: '?types=media.held,media.approved,media.quarantined',
  });
  const act = await bulk(ada, { action: 'hold', sids: [sid] });
  const entry = await block(picture, 'quarantine');
  expect(await mediaOf(sid)).toMatchObject({ moderation: 'held', decision: { by: 'ada' } });

  expect((await undoBulk(ada, act.id)).counts).toEqual({ ...NOTHING, changed: 1 });
  expect(await mediaOf(sid)).toMatchObject({
    moderation: 'quarantined',
    decision: { by: 'system:blocklist' },
  });
  const { body: caught } = await ada('get', `/api/v1/blocklist/${entry}/caught`).expect(200);
  expect(caught.items.map(({ media }: { media: { sid: string } }) => media.sid)).toContain(sid);
  expect((await auditOf(inbox, `target=${sid}`)).slice(0, 3)).toMatchObject([
    { action: 'media.quarantine', actor: 'system:blocklist', before: { moderation: 'visible' } },
    { action: 'media.approve', actor: 'ada', after: { undoOf: act.id } },
    { action: 'media.hold', actor: 'ada' },
  ]);
  await eventually(async () => {
    const own = reader.events.filter(({ data }) => data.mediaSid === sid);
    expect(own.map(({ type }) => type)).toEqual([
      ...['media.held', 'media.approved', 'media.quarantined'],
    ]);
  });
});

test('what an entry deletes is deleted', async () => {
  const picture = await newPicture();
  const sid = await receive(picture);
  const act = await bulk(ada, { action: 'hold', sids: [sid] });
  await block(picture, 'delete');
  await undoBulk(ada, act.id);
  await eventually(async () => {
    const { body } = await ada('get', `/api/v1/media/${sid}`).expect(404);
    expect(body.code).toBe('media_deleted');
  });
});

test('a verdict that has come meanwhile is carried out, unless a person had decided before', async () => {
  const [open, approved] = [await receive(await newPicture()), await receive(await newPicture())];
  await decide(bob, approved, 'hold');
  await decide(bob, approved, 'approve');
  const act = await bulk(ada, { action: 'hold', sids: [open, approved] });
  await scanAgain(open, 'quarantine', ['weapon']);
  await scanAgain(approved, 'quarantine', ['weapon']);
  expect((await undoBulk(ada, act.id)).counts).toEqual({ ...NOTHING, changed: 2 });
  expect(await mediaOf(open)).toMatchObject({
    moderation: 'quarantined',
    decision: { by: 'system:scan', reason: 'weapon' },
  });
  expect(await mediaOf(approved)).toMatchObject({
    moderation: 'visible',
    decision: { by: 'bob' },
  });
});

const noVerdict: Answerer = (_shown, response) => void response.writeHead(415).end();

test('what was held for lack of a verdict is visible when one has come that allows it', async () => {
  classifier.answer(noVerdict);
  const [allowed, still] = [await receive(await newPicture()), await receive(await newPicture())];
  const act = await bulk(ada, { action: 'quarantine', sids: [allowed, still] });
  await scanAgain(allowed, 'allow');
  await undoBulk(ada, act.id);
  expect(await mediaOf(allowed)).toMatchObject({
    moderation: 'visible',
    decision: { by: 'system:scan', reasonCode: 'scan' },
  });
  expect(await mediaOf(still)).toMatchObject({
    moderation: 'held',
    decision: { by: 'system:scan', reasonCode: 'scan_failed' },
  });
});

test.each<[string, object | Answerer, object]>([
  ['hold', { action: 'hold' }, { moderation: 'held', decision: { reasonCode: 'scan' } }],
  ['no verdict', noVerdict, { moderation: 'held', decision: { reasonCode: 'scan_failed' } }],
  ['allow', { action: 'allow' }, { moderation: 'visible', decision: null }],
])(
  'what arrived while the decision stood is judged by its verdict: %s',
  async (_name, answer, expected) => {
    const asked = Promise.withResolvers<() => void>();
    classifier.answer((shown, response) => {
      asked.resolve(() => {
        if (typeof answer === 'function') return (answer as Answerer)(shown, response);
        response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
      });
    });
    const sid = await receive(await newPicture(), 'pending');
    const release = await asked.promise;
    const act = await bulk(ada, { action: 'quarantine', sids: [sid] });
    expect(act.counts).toEqual({ ...NOTHING, changed: 1 });
    release();
    await eventually(async () => expect((await mediaOf(sid)).state).toBe('stored'));
    await undoBulk(ada, act.id);
    expect(await mediaOf(sid)).toMatchObject(expected);
  },
);

test('an act on what has not arrived is undone before it does', async () => {
  const asked = Promise.withResolvers<() => void>();
  classifier.answer((_shown, response) => {
    asked.resolve(() => response.end(JSON.stringify({ action: 'quarantine' })));
  });
  const sid = await receive(await newPicture(), 'pending');
  const release = await asked.promise;
  const act = await bulk(ada, { action: 'hold', sids: [sid] });
  await undoBulk(ada, act.id);
  expect(await mediaOf(sid)).toMatchObject({ state: 'pending', moderation: 'visible' });
  release();
  await eventually(async () => expect((await mediaOf(sid)).state).toBe('stored'));
  expect(await mediaOf(sid)).toMatchObject({
    moderation: 'quarantined',
    decision: { by: 'system:scan' },
  });
});
