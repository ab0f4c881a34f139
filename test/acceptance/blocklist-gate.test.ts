import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { alteredPicture, tellingPicture } from '../support/distinct-picture.ts';
import { findBytes } from '../support/find-bytes.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let asViewer: CallAs;
let asModerator: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  asViewer = await callAs(inbox, 'viewer');
  asModerator = await callAs(inbox, 'moderator');
});
afterAll(() => inbox.stop());

async function send(bytes: Buffer, state: MediaItem['state'] = 'stored'): Promise<MediaItem> {
  const attachments = [{ bytes, contentType: 'application/octet-stream' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, state);
  if (media === undefined) throw new Error('the message has no media');
  return media;
}

async function block({ sid }: MediaItem, body: object = {}) {
  const answer = await asModerator('post', `/api/v1/media/${sid}/block`).send(body).expect(200);
  return answer.body;
}

const auditOf = async ({ sid }: MediaItem) =>
  (await asModerator('get', `/api/v1/audit?target=${sid}`).expect(200)).body.items;

test('a blocked picture stays out: sent again as it was, and encoded anew, smaller and brighter', async () => {
  const picture = await tellingPicture(1);
  const { entries, ...counts } = await block(await send(picture), { reasonCode: 'spam' });
  expect(counts).toEqual({ added: 2, raised: 0, known: 0, matchesExisting: 1 });
  expect(entries.map(({ kind }: { kind: string }) => kind)).toEqual(['sha256', 'pdq']);
  const [bytes, look] = entries;

  const again = await send(picture);
  expect(again).toMatchObject({
    moderation: 'quarantined',
    decision: {
      by: 'system:blocklist',
      reasonCode: 'spam',
      reason: `matches blocklist entry ${bytes.id}, the same bytes`,
    },
  });
  for (const format of ['jpeg', 'webp', 'png'] as const) {
    const altered = await send(await alteredPicture(picture, format));
    expect(altered).toMatchObject({
      moderation: 'quarantined',
      decision: {
        by: 'system:blocklist',
        reason: expect.stringMatching(
          new RegExp(`^matches blocklist entry ${look.id}, distance \\d\\d?$`),
        ),
      },
    });
    await asViewer('get', `/api/v1/media/${altered.sid}`).expect(404);
    expect(await auditOf(altered)).toEqual([
      expect.objectContaining({
        actor: 'system:blocklist',
        action: 'media.quarantine',
        reasonCode: 'spam',
        before: { moderation: 'visible' },
        after: { moderation: 'quarantined' },
      }),
    ]);
  }
  const other = await send(await tellingPicture(2));
  expect(other).toMatchObject({ moderation: 'visible', decision: null });
});

test('an import by hand is matched, too', async () => {
  const picture = await tellingPicture(10);
  await block(await send(picture));
  const { body } = await asModerator('post', '/api/v1/media')
    .attach('files', await alteredPicture(picture), 'again.jpg')
    .expect(201);
  const [media] = await inbox.mediaOf(body.messageSid, 'stored');
  expect(media?.moderation).toBe('quarantined');
});

test('policy delete: nothing of a resend stays, and the stricter entry wins', async () => {
  const picture = await tellingPicture(20);
  const media = await send(picture);
  const first = await block(media);
  const second = await block(media, { policy: 'delete' });
  expect(second).toMatchObject({ added: 0, raised: 2, known: 0 });
  expect(second.entries).toMatchObject(
    first.entries.map(({ id }: { id: string }) => ({ id, policy: 'delete' })),
  );
  expect(await block(media)).toMatchObject({ added: 0, raised: 0, known: 2 });

  const altered = await alteredPicture(picture);
  const deleted = await send(altered, 'deleted');
  expect(deleted.moderation).toBe('quarantined');
  expect(await auditOf(deleted)).toContainEqual(
    expect.objectContaining({
      actor: 'system:blocklist',
      reason: expect.stringMatching(/^matches blocklist entry \d+, distance \d+$/),
    }),
  );
  await asModerator('get', `/api/v1/media/${deleted.sid}/content`).expect(404);
  await eventually(async () => expect(await findBytes(inbox.dataDir, altered)).toEqual([]));
  await eventually(async () => expect(inbox.twilio.mediaExists(deleted.sid)).toBe(false));
});

test('a picture with little to be seen in it blocks its own bytes alone', async () => {
  const plain = await smallPicture(7, 'png', 200);
  const { entries } = await block(await send(plain));
  expect(entries.map(({ kind }: { kind: string }) => kind)).toEqual(['sha256']);
  expect((await send(plain)).moderation).toBe('quarantined');
  expect((await send(await smallPicture(8, 'png', 200))).moderation).toBe('visible');
});

test('an entry that was removed lets it in again, and can come back under its number', async () => {
  const picture = await tellingPicture(30);
  const media = await send(picture);
  const { entries } = await block(media);
  for (const { id } of entries) {
    await inbox.api('delete', `/api/v1/blocklist/${id}?reasonCode=mistake`).expect(204);
    await inbox.api('delete', `/api/v1/blocklist/${id}`).expect(404);
  }
  const altered = await alteredPicture(picture);
  expect((await send(altered)).moderation).toBe('visible');
  const again = await block(media);
  expect(again).toMatchObject({
    added: 2,
    entries: entries.map(({ id }: { id: string }) => ({ id })),
  });
  expect((await send(altered)).moderation).toBe('quarantined');
  const { body } = await asModerator('get', `/api/v1/audit?target=${entries[0].id}`).expect(200);
  expect(body.items.map(({ action }: { action: string }) => action)).toEqual([
    'blocklist.add',
    'blocklist.remove',
    'blocklist.add',
  ]);
});

test('what is here already is treated on request, except what a person decided about', async () => {
  const picture = await tellingPicture(40);
  const [one, two, approved] = [
    await send(picture),
    await send(await alteredPicture(picture)),
    await send(picture),
  ];
  const decide = (decision: string) =>
    asModerator('post', `/api/v1/media/${approved.sid}/decision`).send({ decision }).expect(200);
  await decide('hold');
  await decide('approve');
  const answer = await block(one, { applyToExisting: true });
  expect(answer.matchesExisting).toBe(3);
  await eventually(async () => {
    const states = [];
    for (const { sid } of [one, two, approved]) {
      states.push((await asModerator('get', `/api/v1/media/${sid}`).expect(200)).body.moderation);
    }
    expect(states).toEqual(['quarantined', 'quarantined', 'visible']);
  });
});

test('who has the blocklist applied to what is here is in the log, also when no hash is new', async () => {
  const media = await send(await tellingPicture(50));
  await block(media);
  const body = { applyToExisting: true, reasonCode: 'again' };
  expect(await block(media, body)).toMatchObject({ added: 0, raised: 0, known: 2 });
  const { body: audit } = await asModerator('get', '/api/v1/audit?action=blocklist.apply&limit=1');
  expect(audit.items).toMatchObject([{ actor: 'moderator', reasonCode: 'again' }]);
});
