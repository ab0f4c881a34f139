import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import type { CreateMessageInput } from '../../src/simulator/simulated-message.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { auditOf, deleteMedia, isCompleted, recordWhen } from '../support/deletion-record.ts';
import { followEvents } from '../support/event-stream.ts';
import { hoursAgo, reconcile } from '../support/reconciliation.ts';
import {
  eventually,
  OTHER_ACCOUNT,
  startTestInbox,
  type TestInbox,
} from '../support/test-inbox.ts';
import { callTwilioApi, messagesPath, OWN } from '../support/twilio-request.ts';

let inbox: TestInbox;
let asModerator: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  asModerator = await callAs(inbox, 'moderator');
});
afterAll(() => inbox.stop());

let seed = 0;
const note = (text = `note ${++seed}`) => ({ bytes: Buffer.from(text), contentType: 'text/plain' });

async function receive(input: Partial<CreateMessageInput> = {}, ...texts: string[]) {
  const attachments = texts.length === 0 ? [note()] : texts.map(note);
  const { message } = await inbox.receive({ attachments, ...input });
  return inbox.mediaOf(message.sid, 'stored');
}

async function states(media: MediaItem[]): Promise<string[]> {
  const found = [];
  for (const { sid } of media) {
    const { body } = await inbox.api('get', `/api/v1/media/${sid}`);
    found.push(body.state ?? body.code);
  }
  return found;
}

const targetsOf = async (path: string) =>
  (await inbox.api('get', `${path}/targets`).expect(200)).body.items;

test('one: the others of the message, and those with the same bytes, stay', async () => {
  const media = await receive({}, 'twin', 'twin', 'single');
  const [first] = media;
  const path = await deleteMedia(inbox, first?.sid ?? '');
  expect(await states(media)).toEqual(['media_deleted', 'stored', 'stored']);
  expect(await recordWhen(inbox, path, isCompleted)).toMatchObject({
    scope: 'one',
    withMessages: false,
    targets: 1,
    local: { kept: 1 },
    previews: { kept: 1 },
    upstream: { done: 1 },
  });
  expect(await targetsOf(path)).toEqual([
    expect.objectContaining({ sid: first?.sid, kind: 'media', sha256: first?.sha256, attempts: 1 }),
  ]);
});

test('message: all its media, and none of another; a second one finds nothing', async () => {
  const media = await receive({}, 'a', 'b', 'c');
  const others = await receive();
  await deleteMedia(inbox, media[1]?.sid ?? '');
  // What is deleted already is no hindrance to a wider scope, nor is it told twice.
  const path = await deleteMedia(inbox, media[1]?.sid ?? '', 'scope=message');
  expect(await states([...media, ...others])).toEqual([
    ...Array(3).fill('media_deleted'),
    'stored',
  ]);
  expect(await recordWhen(inbox, path, isCompleted)).toMatchObject({ targets: 2 });
  for (const { sid } of media) expect(await auditOf(inbox, `target=${sid}`)).toHaveLength(1);
  const again = `/api/v1/media/${media[0]?.sid}?scope=message`;
  expect((await inbox.api('delete', again).expect(404)).body.code).toBe('media_deleted');
  const { body } = await inbox.api('get', `/api/v1/messages/${media[0]?.messageSid}`).expect(200);
  expect(body).toMatchObject({ deletedAt: null, from: '+14155550123' });
});

test('sender: everything of that number in that account, before and after a deleted one', async () => {
  const from = '+14155550188';
  const own = [...(await receive({ from })), ...(await receive({ from }, 'x', 'y'))];
  const others = [
    ...(await receive({ from: '+14155550189' })),
    ...(await receive({ from, accountSid: OTHER_ACCOUNT.sid })),
  ];
  await deleteMedia(inbox, own[0]?.sid ?? '');
  const path = await deleteMedia(inbox, own[0]?.sid ?? '', 'scope=sender');
  expect(await states(own)).toEqual(Array(3).fill('media_deleted'));
  expect(await states(others)).toEqual(['stored', 'stored']);
  await recordWhen(inbox, path, isCompleted);
});

test('message=true: text and numbers go, here and at Twilio, and what comes again is known', async () => {
  const from = '+14155550177';
  const body = 'a text that nobody shall find';
  const { message } = await inbox.receive({ from, body, attachments: [note(), note()] });
  const media = await inbox.mediaOf(message.sid, 'stored');
  const path = await deleteMedia(inbox, media[0]?.sid ?? '', 'message=true&reason=on%20request');
  expect(await states(media)).toEqual(['media_deleted', 'media_deleted']);
  const item = await inbox.api('get', `/api/v1/messages/${message.sid}`).expect(200);
  expect(item.body).toMatchObject({
    sid: message.sid,
    from: null,
    to: null,
    body: null,
    deletedAt: expect.stringMatching(/Z$/),
  });
  expect(await recordWhen(inbox, path, isCompleted)).toMatchObject({
    withMessages: true,
    targets: 3,
    upstream: { done: 3 },
    previews: { none: 1, done: 2 },
  });
  expect((await targetsOf(path)).map(({ kind }: { kind: string }) => kind)).toEqual([
    'media',
    'media',
    'message',
  ]);
  const resource = `${messagesPath()}/${message.sid}.json`;
  expect(
    (await fetch(inbox.twilio.apiBaseUrl + resource, { headers: { authorization: OWN } })).status,
  ).toBe(404);
  expect((await callTwilioApi(inbox, resource)).status).toBe(404);
  const lists = await (await callTwilioApi(inbox, `${messagesPath()}.json?PageSize=1000`)).text();
  expect(lists).not.toContain(message.sid);
  expect(await auditOf(inbox, `target=${message.sid}`)).toMatchObject([
    { action: 'message.delete', reason: 'on request' },
  ]);

  const again = await inbox.twilio.deliver(message, { url: `${inbox.url}/twilio/incoming` });
  expect(again.status).toBe(200);
  await reconcile(inbox, { since: hoursAgo(1) });
  const after = await inbox.api('get', `/api/v1/messages/${message.sid}`).expect(200);
  expect(after.body).toMatchObject({ body: null, from: null });
  expect(await states(media)).toEqual(['media_deleted', 'media_deleted']);
});

test('several at once: one answers 204, the others 404, and it is told and kept once', async () => {
  const [media] = await receive();
  const reader = await followEvents(inbox, { query: '?types=media.deleted,deletion.completed' });
  await eventually(async () => expect(reader.lastId).toBeDefined());
  const path = `/api/v1/media/${media?.sid}?scope=one`;
  const answers = await Promise.all(Array.from({ length: 6 }, () => asModerator('delete', path)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, ...Array(5).fill(404)]);
  for (const { body } of answers.filter(({ status }) => status === 404)) {
    expect(body.code).toBe('media_deleted');
  }
  expect(await auditOf(inbox, `target=${media?.sid}`)).toMatchObject([
    {
      actor: 'moderator',
      action: 'media.delete',
      before: { state: 'stored', moderation: 'visible', sha256: media?.sha256 },
      after: { state: 'deleted' },
    },
  ]);
  // What was deleted before may still be told, too.
  const told = () => reader.events.filter(({ data }) => data.mediaSid === media?.sid);
  await eventually(async () => expect(told().at(-1)?.type).toBe('deletion.completed'));
  const { messageSid, sha256 } = media as MediaItem;
  expect(told().map(({ type, data }) => ({ type, ...data }))).toMatchObject([
    { type: 'media.deleted', mediaSid: media?.sid, messageSid, sha256, state: 'deleted' },
    { type: 'deletion.completed', mediaSid: media?.sid, scope: 'one', targets: 1 },
  ]);
});

test('the Twilio-shaped DELETE has a record, too', async () => {
  const [media] = await receive();
  const { sid, messageSid } = media as MediaItem;
  const path = `${messagesPath()}/${messageSid}/Media/${sid}`;
  expect((await callTwilioApi(inbox, path, OWN, 'DELETE')).status).toBe(204);
  const { body } = await inbox.api('get', '/api/v1/deletions?limit=1').expect(200);
  expect(body.items).toMatchObject([{ scope: 'one', mediaSid: sid }]);
});

test('a dry run counts what the delete would reach, and changes nothing', async () => {
  const from = '+15550006001';
  const media = await receive({ from }, 'dry twin', 'dry twin', 'dry single');
  await receive({ from, attachments: [] });
  const path = `/api/v1/media/${media[0]?.sid}`;
  const { body: before } = await inbox.api('get', '/api/v1/deletions?limit=1').expect(200);
  const lines = inbox.logLines.length;
  for (const [query, counts] of [
    ['', { media: 1, messages: 0 }],
    ['scope=same-bytes', { media: 2, messages: 0 }],
    ['scope=message', { media: 3, messages: 0 }],
    ['scope=sender', { media: 3, messages: 0 }],
    ['scope=sender&message=true', { media: 3, messages: 2 }],
    ['message=true', { media: 3, messages: 1 }],
  ]) {
    const { body } = await inbox.api('delete', `${path}?dryRun=true&${query}`).expect(200);
    expect([query, body]).toEqual([query, { dryRun: true, ...(counts as object) }]);
  }
  expect(await states(media)).toEqual(['stored', 'stored', 'stored']);
  const { body: after } = await inbox.api('get', '/api/v1/deletions?limit=1').expect(200);
  expect(after).toEqual(before);
  expect(await auditOf(inbox, `target=${media[0]?.sid}`)).toEqual([]);
  expect(inbox.logLines.slice(lines).join('')).not.toContain('media deleted');

  await inbox.api('delete', `${path}?dryRun=false`).expect(204);
  const gone = await inbox.api('delete', `${path}?dryRun=true`).expect(404);
  expect(gone.body.code).toBe('media_deleted');
  const left = await inbox.api('delete', `${path}?dryRun=true&scope=message`).expect(200);
  expect(left.body).toEqual({ dryRun: true, media: 2, messages: 0 });
  const unknown = `/api/v1/media/ME${'0'.repeat(32)}?dryRun=true`;
  await inbox.api('delete', unknown).expect(404);
  const wrong = await inbox.api('delete', `${path}?dryRun=yes`).expect(400);
  expect(wrong.body.errors).toEqual([{ field: 'dryRun', message: 'true or false' }]);
  const asViewer = await callAs(inbox, 'viewer');
  await asViewer('delete', `${path}?dryRun=true`).expect(403);
});
