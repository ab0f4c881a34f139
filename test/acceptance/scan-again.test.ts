import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { callAs } from '../support/call-as.ts';
import { type Answerer, startClassifier, type TestClassifier } from '../support/classifier.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let classifier: TestClassifier;
let inbox: TestInbox;
async function start(env: Record<string, string> = {}) {
  classifier = await startClassifier();
  inbox = await startTestInbox({ SCAN_URL: classifier.url, SCAN_TIMEOUT_SECONDS: '5', ...env });
}
beforeEach(() => start());
afterEach(async () => {
  await inbox.stop();
  await classifier.stop();
});

let seed = 5000;
async function send(): Promise<MediaItem> {
  seed += 1;
  const attachments = [{ bytes: await smallPicture(seed), contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  if (media === undefined) throw new Error('the message has no media');
  return media;
}

async function sendCard(): Promise<MediaItem> {
  seed += 1;
  const bytes = Buffer.from(`BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Card ${seed}\r\nEND:VCARD\r\n`);
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType: 'text/vcard' }] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  if (media === undefined) throw new Error('the message has no media');
  return media;
}

const failing = (code: number, what: (type: string) => boolean): Answerer => {
  return ({ headers }, response) => {
    const fails = what(String(headers['content-type']));
    response.writeHead(fails ? code : 200).end('{"action":"allow"}');
  };
};
const item = async ({ sid }: MediaItem) =>
  (await inbox.api('get', `/api/v1/media/${sid}`).expect(200)).body;
const scan = ({ sid }: MediaItem) => inbox.api('post', `/api/v1/media/${sid}/scan`);

test.each([
  [415, 'no outage'],
  [500, 'found out by a file of ours'],
])('four attachments that it answers %d about switch it off for nobody: %s', async (code) => {
  classifier.answer(failing(code, (type) => type.startsWith('text/')));
  for (let n = 0; n < 4; n += 1) {
    expect(await sendCard()).toMatchObject({ moderation: 'held', scan: null });
  }
  expect(await send()).toMatchObject({ moderation: 'visible', scan: { action: 'allow' } });
});

test('once it answers, what was held for want of a verdict becomes visible by itself', async () => {
  classifier.answer(failing(500, () => true));
  const media = [await send(), await send(), await send(), await send()];
  for (const { moderation, decision } of media) {
    expect([moderation, decision?.reasonCode]).toEqual(['held', 'scan_failed']);
  }
  const [{ sid }] = media as [MediaItem];
  const decided = { decision: 'hold' };
  const { body } = await inbox.api('post', `/api/v1/media/${sid}/decision`).send(decided);
  expect(body).toMatchObject({ changed: true, moderation: 'held', decidedBy: 'ADMIN_API_KEY' });
  await inbox.restart();
  classifier.answer({ action: 'allow' });
  const [confirmed, ...others] = media as [MediaItem, ...MediaItem[]];
  for (const other of others) {
    await eventually(async () => {
      expect(await item(other)).toMatchObject({
        moderation: 'visible',
        decision: { by: 'system:scan', reasonCode: 'scan' },
        scan: { action: 'allow' },
        nextScanAt: null,
      });
    }, 80_000);
  }
  await eventually(async () => {
    expect(await item(confirmed)).toMatchObject({ moderation: 'held', scan: { action: 'allow' } });
  });
}, 120_000);

test('what was shown unseen is quarantined or deleted by a verdict that comes late', async () => {
  await inbox.restart({ SCAN_FAILURE: 'allow' });
  classifier.answer(failing(500, () => true));
  const [bad, worse, approved] = [await send(), await send(), await send()];
  expect(bad).toMatchObject({ moderation: 'visible', scan: null, nextScanAt: expect.any(String) });
  await inbox.api('post', `/api/v1/media/${approved.sid}/decision`).send({ decision: 'hold' });
  await inbox.api('post', `/api/v1/media/${approved.sid}/decision`).send({ decision: 'approve' });
  classifier.answer(({ headers }, response) => {
    const action = headers['x-media-sid'] === worse.sid ? 'delete' : 'quarantine';
    response.end(JSON.stringify({ action, labels: ['nudity'] }));
  });
  for (const media of [bad, worse, approved]) await scan(media).expect(202);
  await eventually(async () => {
    expect(await item(bad)).toMatchObject({
      moderation: 'quarantined',
      decision: { by: 'system:scan', reasonCode: 'scan', reason: 'nudity' },
    });
    await inbox.api('get', `/api/v1/media/${worse.sid}`).expect(404);
    expect(await item(approved)).toMatchObject({
      moderation: 'visible',
      scan: { labels: ['nudity'] },
    });
  });
});

test('by hand: one, anew, with who asked in the log; many by a bulk act', async () => {
  const [one, other] = [await send(), await send()];
  expect(one).toMatchObject({ moderation: 'visible', scan: { action: 'allow' } });
  classifier.answer({ action: 'quarantine' });
  const asModerator = await callAs(inbox, 'moderator');
  const why = { reasonCode: 'model', reason: 'a new model' };
  await asModerator('post', `/api/v1/media/${one.sid}/scan`).send(why).expect(202);
  await eventually(async () => {
    expect(await item(one)).toMatchObject({ moderation: 'quarantined' });
  });
  const { body: audit } = await inbox.api('get', `/api/v1/audit?target=${one.sid}`).expect(200);
  expect(audit.items.at(-1)).toMatchObject({ actor: 'moderator', action: 'media.scan', ...why });

  const unknown = `ME${'0'.repeat(32)}`;
  const bulk = { action: 'scan', sids: [other.sid, unknown] };
  const { headers } = await asModerator('post', '/api/v1/bulk').send(bulk).expect(202);
  await eventually(async () => {
    const { body: act } = await asModerator('get', headers.location ?? '').expect(200);
    expect(act).toMatchObject({ state: 'done', counts: { changed: 1, unknown: 1 } });
    expect(await item(other)).toMatchObject({ moderation: 'quarantined' });
  });
  const { text } = await inbox.api('get', '/metrics').expect(200);
  expect(text).toMatch(/^mms_inbox_scans_waiting 0$/m);
});

test('without a classifier nothing can be scanned, and says so', async () => {
  const media = await send();
  await inbox.restart({ SCAN_URL: '' });
  expect((await scan(media).expect(409)).body.detail).toContain('SCAN_URL');
  await inbox.api('post', '/api/v1/bulk').send({ action: 'scan', filter: {} }).expect(409);
});
