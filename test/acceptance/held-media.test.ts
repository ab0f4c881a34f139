import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { callTwilioApi, messagesPath } from '../support/twilio-request.ts';

let inbox: TestInbox;
let asViewer: CallAs;
let asModerator: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox({ MODERATION_MODE: 'hold-media' });
  asViewer = await callAs(inbox, 'viewer');
  asModerator = await callAs(inbox, 'moderator');
});
afterAll(() => inbox.stop());

let seed = 0;
async function receive(): Promise<{ media: MediaItem; bytes: Buffer }> {
  seed += 1;
  const bytes = await smallPicture(seed, 'png', 400);
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType: 'image/png' }] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  if (media === undefined) throw new Error('the message has no media');
  return { media, bytes };
}

const decide = (sid: string, decision: string) =>
  asModerator('post', `/api/v1/media/${sid}/decision`).send({ decision }).expect(200);

const twilioMedia = ({ messageSid, sid }: MediaItem) =>
  `${messagesPath()}/${messageSid}/Media/${sid}`;

/** The status of everything that a viewer may ask for about a media, and where it is listed. */
async function seenByViewers({ sid, messageSid }: MediaItem) {
  const path = `/api/v1/media/${sid}`;
  const statuses = [];
  for (const part of ['', '/content', '/thumbnail', '/thumbnail?size=small', '/poster']) {
    statuses.push((await asViewer('get', path + part)).status);
  }
  statuses.push((await asViewer('post', `${path}/links`)).status);
  const { body: list } = await asViewer('get', '/api/v1/media').expect(200);
  const { body: message } = await asViewer('get', `/api/v1/messages/${messageSid}`).expect(200);
  const { body: messages } = await asViewer('get', '/api/v1/messages').expect(200);
  const lists = [
    list.items,
    message.media,
    messages.items.flatMap((m: MediaItem & { media: MediaItem[] }) => m.media),
  ];
  return {
    statuses,
    listed: lists.map((items) => items.some((item: MediaItem) => item.sid === sid)),
  };
}

test('what comes in is held: absent for viewers everywhere, until a moderator approves it', async () => {
  const { media, bytes } = await receive();
  expect(media.moderation).toBe('held');
  expect(await seenByViewers(media)).toEqual({
    statuses: Array(6).fill(404),
    listed: [false, false, false],
  });
  expect((await callTwilioApi(inbox, twilioMedia(media))).status).toBe(404);
  expect((await callTwilioApi(inbox, `${twilioMedia(media)}.json`)).status).toBe(404);

  const { body } = await decide(media.sid, 'approve');
  expect(body).toMatchObject({ changed: true, moderation: 'visible', decidedBy: 'moderator' });
  expect(await seenByViewers(media)).toEqual({
    statuses: [200, 200, 200, 200, 200, 201],
    listed: [true, true, true],
  });
  const content = await callTwilioApi(inbox, twilioMedia(media));
  expect(bytes.equals(Buffer.from(await content.arrayBuffer()))).toBe(true);
});

test('a link that was given out shows nothing while a media is held or quarantined', async () => {
  const { media } = await receive();
  await decide(media.sid, 'approve');
  const { body: links } = await asViewer('post', `/api/v1/media/${media.sid}/links`).expect(201);
  expect((await fetch(links.content)).status).toBe(200);
  const thumbnail = await fetch(links.thumbnails.small);
  expect([thumbnail.status, thumbnail.headers.get('cache-control')]).toEqual([
    200,
    'private, no-cache',
  ]);
  for (const decision of ['hold', 'quarantine']) {
    await decide(media.sid, decision);
    const headers = { 'if-none-match': String(thumbnail.headers.get('etag')) };
    expect((await fetch(links.content)).status).toBe(404);
    expect((await fetch(links.thumbnails.small, { headers })).status).toBe(404);
  }
  await decide(media.sid, 'approve');
  expect((await fetch(links.content)).status).toBe(200);
});

test('a moderator sees it blurred, whatever size is asked for', async () => {
  const { media } = await receive();
  const path = `/api/v1/media/${media.sid}`;
  const { body: item } = await asModerator('get', path).expect(200);
  expect(item).toMatchObject({ moderation: 'held', decision: null });
  for (const part of ['/thumbnail?size=large', '/thumbnail?size=small', '/poster']) {
    const blurred = await asModerator('get', path + part).expect(200);
    expect(blurred.headers).toMatchObject({
      'content-type': 'image/png',
      'cache-control': 'private, no-cache',
    });
    const { width, height } = await sharp(blurred.body).metadata();
    expect(Math.max(width, height)).toBe(32);
  }
  const refused = await asModerator('get', `${path}/content`).expect(403);
  expect(refused.body.code).toBe('reveal_needed');
  const noLinks = await asModerator('post', `${path}/links`).expect(403);
  expect(noLinks.body.code).toBe('reveal_needed');
  const { body: listed } = await asModerator('get', '/api/v1/media?moderation=held&links=true');
  const shown = listed.items.find(({ sid }: MediaItem) => sid === media.sid);
  expect(shown).toBeDefined();
  expect(shown).not.toHaveProperty('links');
});

test('to reveal it is an act of its own, which is in the audit log, and answers links for five minutes', async () => {
  const { media, bytes } = await receive();
  const { body: links } = await asModerator('post', `/api/v1/media/${media.sid}/reveal`)
    .send({ reasonCode: 'complaint', reason: 'a parent asked' })
    .expect(201);
  const seconds = (Date.parse(links.expiresAt) - Date.now()) / 1000;
  expect(seconds).toBeGreaterThan(295);
  expect(seconds).toBeLessThanOrEqual(300);
  const content = await fetch(links.content);
  expect(bytes.equals(Buffer.from(await content.arrayBuffer()))).toBe(true);
  const large = await fetch(links.thumbnails.large);
  const { width } = await sharp(Buffer.from(await large.arrayBuffer())).metadata();
  expect(width).toBe(400);

  const { body } = await asModerator('get', `/api/v1/audit?target=${media.sid}`).expect(200);
  expect(body.items).toEqual([
    expect.objectContaining({
      actor: 'moderator',
      action: 'media.reveal',
      target: media.sid,
      reasonCode: 'complaint',
      reason: 'a parent asked',
    }),
  ]);
  // A link that views cannot be made into one that reveals.
  await decide(media.sid, 'approve');
  const { body: view } = await asViewer('post', `/api/v1/media/${media.sid}/links`).expect(201);
  expect((await fetch(`${view.content}&reveal=true`)).status).toBe(403);
});

test('one reveal counts for all with the same bytes, for whoever has revealed them', async () => {
  const asOther = await callAs(inbox, 'moderator', 'another');
  const bytes = await smallPicture(998);
  const sids: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    const attachments = [{ bytes, contentType: 'image/png' }];
    const { message } = await inbox.receive({ attachments });
    const [media] = await inbox.mediaOf(message.sid, 'stored');
    sids.push(String(media?.sid));
  }
  const [first = '', second = '', third = ''] = sids;
  const reveal = (call: CallAs, sid: string) => call('post', `/api/v1/media/${sid}/reveal`);
  const { body: links } = await reveal(asModerator, first).send({ reason: 'to see' }).expect(201);
  for (const sid of [second, first]) {
    const { body: again } = await reveal(asModerator, sid).expect(200);
    expect(Date.parse(again.expiresAt)).toBeLessThanOrEqual(Date.parse(links.expiresAt));
    expect(Date.parse(again.expiresAt)).toBeGreaterThan(Date.now() + 200_000);
    expect(again.content).toContain(sid);
    const content = await fetch(again.content);
    expect(bytes.equals(Buffer.from(await content.arrayBuffer()))).toBe(true);
  }
  // Also when what was looked at is not here any more.
  await asModerator('delete', `/api/v1/media/${first}`).expect(204);
  await reveal(asModerator, third).expect(200);
  const { media: unlike } = await receive();
  await reveal(asModerator, unlike.sid).expect(201);
  await reveal(asOther, second).expect(201);
  const { body } = await asModerator('get', '/api/v1/audit?action=media.reveal').expect(200);
  const ofThese = body.items.filter(({ target }: { target: string }) => sids.includes(target));
  expect(ofThese).toMatchObject([
    { actor: 'another', target: second },
    { actor: 'moderator', target: first, reason: 'to see' },
  ]);
});

test('an import by hand is held, too', async () => {
  const { body } = await asModerator('post', '/api/v1/media')
    .attach('files', await smallPicture(999), 'a.png')
    .expect(201);
  const [media] = await inbox.mediaOf(body.messageSid, 'stored');
  expect(media?.moderation).toBe('held');
});

test('only moderators may list what is held back', async () => {
  const { media } = await receive();
  expect((await asViewer('get', '/api/v1/media?moderation=held')).body).toMatchObject({
    status: 403,
    code: 'forbidden',
  });
  await asViewer('get', '/api/v1/media?moderation=visible').expect(200);
  await asViewer('post', `/api/v1/media/${media.sid}/reveal`).expect(403);
  await asViewer('post', `/api/v1/media/${media.sid}/decision`).expect(403);
});
