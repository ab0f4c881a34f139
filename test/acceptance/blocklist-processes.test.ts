import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { alteredPicture, tellingPicture } from '../support/distinct-picture.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// Several processes need a server between them.
describe.skipIf('tarFile' in inject('databaseTemplate'))(
  'a receiver and two workers',
  {
    timeout: 90_000,
  },
  () => {
    let inbox: TestInbox;
    let workers: InboxProcess[];
    beforeAll(async () => {
      inbox = await startTestInbox({ ROLES: 'receiver' });
      const env = { ...inboxEnv(inbox, inbox.twilio), ROLES: 'worker' };
      workers = await Promise.all([startInboxProcess(env), startInboxProcess(env)]);
    });
    afterAll(async () => {
      await Promise.all(workers.map((worker) => worker.end('SIGTERM')));
      await inbox.stop();
    });

    async function begin(bytes: Buffer): Promise<string> {
      const { message } = await inbox.receive({
        attachments: [{ bytes, contentType: 'image/jpeg' }],
      });
      return message.sid;
    }

    async function end(messageSid: string): Promise<MediaItem> {
      const [media] = await inbox.mediaOf(messageSid, 'stored');
      if (media === undefined) throw new Error('the message has no media');
      return media;
    }

    const send = async (bytes: Buffer) => end(await begin(bytes));

    async function block(sid: string) {
      return (await inbox.api('post', `/api/v1/media/${sid}/block`).expect(200)).body;
    }

    test('an entry that was added through one is known to all the others at once', async () => {
      for (let seed = 200; seed < 202; seed += 1) {
        const picture = await tellingPicture(seed);
        const { entries } = await block((await send(picture)).sid);
        const altered = await alteredPicture(picture);
        expect((await send(altered)).moderation).toBe('quarantined');
        for (const { id } of entries)
          await inbox.api('delete', `/api/v1/blocklist/${id}`).expect(204);
        expect((await send(await alteredPicture(picture, 'png'))).moderation).toBe('visible');
      }
    });

    test('added while a copy comes in: that is stopped, or it was counted as here already', async () => {
      const rounds = Array.from({ length: 6 }, async (_, round) => {
        const picture = await tellingPicture(300 + round);
        const { sid } = await send(picture);
        const [copy, { matchesExisting }] = await Promise.all([
          alteredPicture(picture).then(send),
          block(sid),
        ]);
        expect(copy.moderation === 'quarantined' || matchesExisting === 2).toBe(true);
      });
      await Promise.all(rounds);
    });

    test('an entry that is about to be committed counts: what comes in waits for it', async () => {
      const note = Buffer.from('a note whose hash is being added');
      const hash = createHash('sha256').update(note).digest('hex');
      const writer = new pg.Client({ connectionString: inbox.databaseUrl });
      await writer.connect();
      try {
        await writer.query('BEGIN');
        await writer.query('SELECT pg_advisory_xact_lock(7263094511)');
        await writer.query(
          `INSERT INTO blocklist_entry (kind, hash, policy, source, created_by)
        VALUES ('sha256', $1, 'quarantine', 'upload', 'test')`,
          [hash],
        );
        const messageSid = await begin(note);
        await eventually(async () => {
          const { rows } = await writer.query(
            `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND mode = 'ShareLock'`,
          );
          expect(rows).toHaveLength(1);
        });
        const { body } = await inbox.api('get', `/api/v1/messages/${messageSid}`).expect(200);
        expect(body.media).toMatchObject([{ state: 'pending', preview: null }]);
        await writer.query('COMMIT');
        expect(await end(messageSid)).toMatchObject({ moderation: 'quarantined' });
      } finally {
        await writer.end();
      }
    });
  },
);
