import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { startClassifier, type TestClassifier } from '../support/classifier.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let classifier: TestClassifier;
let inbox: TestInbox;
let asViewer: CallAs;
let asModerator: CallAs;
beforeAll(async () => {
  classifier = await startClassifier();
  inbox = await startTestInbox({ SCAN_URL: classifier.url, SCAN_TOKEN: 'token-of-the-classifier' });
  asViewer = await callAs(inbox, 'viewer');
  asModerator = await callAs(inbox, 'moderator');
});
afterAll(async () => {
  await inbox.stop();
  await classifier.stop();
});
beforeEach(() => classifier.shown.splice(0));

let seed = 0;
const newPicture = () => smallPicture(++seed);

async function send(
  bytes: Buffer,
  state: MediaItem['state'] = 'stored',
  contentType = 'image/png',
) {
  const { message } = await inbox.receive({
    from: '+14155550123',
    to: '+14155550100',
    body: 'a text',
    attachments: [{ bytes, contentType }],
  });
  const [media] = await inbox.mediaOf(message.sid, state);
  if (media === undefined) throw new Error('the message has no media');
  return media;
}

test('it is shown the bytes with their type and hash, and nothing of people', async () => {
  classifier.answer({ action: 'allow', labels: ['landscape'], score: 0.1 });
  const bytes = await newPicture();
  const media = await send(bytes, 'stored', 'image/x-declared');
  expect(classifier.shown).toHaveLength(1);
  const [{ headers, body } = { headers: {}, body: null }] = classifier.shown;
  expect(body?.equals(bytes)).toBe(true);
  expect(headers).toMatchObject({
    authorization: 'Bearer token-of-the-classifier',
    accept: 'application/json',
    'content-type': 'image/png',
    'content-length': String(bytes.length),
    'x-media-sid': media.sid,
    'x-media-sha256': media.sha256,
    'x-media-content': 'original',
    'x-media-declared-type': 'image/x-declared',
  });
  expect(JSON.stringify(headers)).not.toMatch(/14155550|a text/);
  expect(media).toMatchObject({
    moderation: 'visible',
    decision: null,
    scan: { action: 'allow', labels: ['landscape'], reason: null, at: expect.any(String) },
  });
  const { body: seen } = await asViewer('get', `/api/v1/media/${media.sid}`).expect(200);
  expect(seen).not.toHaveProperty('scan');
});

test.each([
  ['hold', 'held', 'media.hold'],
  ['quarantine', 'quarantined', 'media.quarantine'],
] as const)('%s: it is %s before anybody sees it', async (action, moderation, audited) => {
  classifier.answer({ action, labels: ['nudity', 'weapon'], reason: 'seen clearly' });
  const media = await send(await newPicture());
  expect(media).toMatchObject({
    moderation,
    scan: { action, labels: ['nudity', 'weapon'], reason: 'seen clearly' },
    decision: { by: 'system:scan', reasonCode: 'scan', reason: 'nudity, weapon: seen clearly' },
  });
  await asViewer('get', `/api/v1/media/${media.sid}`).expect(404);
  const { body } = await asModerator('get', `/api/v1/audit?target=${media.sid}`).expect(200);
  expect(body.items).toMatchObject([{ actor: 'system:scan', action: audited, reasonCode: 'scan' }]);
});

test('delete: nothing of it stays', async () => {
  classifier.answer({ action: 'delete', labels: ['known'] });
  const media = await send(await newPicture(), 'deleted');
  await asModerator('get', `/api/v1/media/${media.sid}/content`).expect(404);
});

test('the same bytes are shown to it once', async () => {
  classifier.answer({ action: 'quarantine', labels: ['spam'] });
  const bytes = await newPicture();
  const first = await send(bytes);
  classifier.answer({ action: 'allow' });
  const second = await send(bytes);
  expect(classifier.shown).toHaveLength(1);
  expect([first.moderation, second.moderation]).toEqual(['quarantined', 'quarantined']);
  expect(second.scan).toEqual(first.scan);
});

test('what the blocklist knows is not shown to it', async () => {
  classifier.answer({ action: 'allow' });
  const bytes = await newPicture();
  const { sid } = await send(bytes);
  await asModerator('post', `/api/v1/media/${sid}/block`).expect(200);
  await inbox.api('delete', `/api/v1/media/${sid}`).expect(204);
  const again = await send(bytes);
  expect(again).toMatchObject({ moderation: 'quarantined', decision: { by: 'system:blocklist' } });
  expect(classifier.shown).toHaveLength(1);
});

test('outcomes and times are counted', async () => {
  const metrics = await (await fetch(`${inbox.url}/metrics`)).text();
  expect(metrics).toMatch(/mms_inbox_scans_total\{outcome="quarantine"\} [1-9]/);
  expect(metrics).toMatch(/mms_inbox_scan_seconds_count [1-9]/);
  const { body } = await inbox.api('get', '/readyz').expect(200);
  expect(body.parts.scan).toBe('ok');
});

test('the token is in no log', () => {
  expect(inbox.logLines.join()).not.toContain('token-of-the-classifier');
});
