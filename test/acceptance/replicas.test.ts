import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../src/simulator/twilio-simulator.ts';
import { onServer } from '../support/database-templates.ts';
import { followEvents } from '../support/event-stream.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';

const DEADLINE_MS = 120_000;

// Several processes need a server between them.
describe.skipIf('tarFile' in inject('databaseTemplate'))(
  'two receivers and two workers, started together on an empty database',
  { timeout: 240_000 },
  () => {
    let database: TestDatabase;
    let twilio: TwilioSimulator;
    let blobs: string;
    let receivers: InboxProcess[] = [];
    let workers: InboxProcess[] = [];

    beforeAll(async () => {
      database = await createTestDatabase();
      await onServer(
        String(database.databaseUrl),
        'DROP SCHEMA IF EXISTS public, pgboss CASCADE; CREATE SCHEMA public',
      );
      twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
      blobs = join(database.dataDir, 'shared');
      const start = (ROLES: string, folder: string) =>
        startInboxProcess({
          ...inboxEnv(database, twilio),
          // As on machines of their own; only the files are shared.
          DATA_DIR: join(database.dataDir, folder),
          BLOB_STORE_URL: pathToFileURL(blobs).href,
          PREVIEW_CONCURRENCY: '1',
          GALLERY: 'off',
          ROLES,
        });
      const started = await Promise.all([
        start('receiver', 'receiver-1'),
        start('receiver', 'receiver-2'),
        start('worker', 'worker-1'),
        start('worker', 'worker-2'),
      ]);
      receivers = started.slice(0, 2);
      workers = started.slice(2);
    }, 240_000);
    afterAll(async () => {
      for (const process of [...receivers, ...workers]) {
        expect(await process.end('SIGTERM')).toBe(0);
      }
      await twilio.stop();
      await database.remove();
    });

    const [FIRST, SECOND] = [0, 1] as const;
    const urlOf = (receiver: 0 | 1) => String(receivers[receiver]?.url);
    const call = (receiver: 0 | 1, path: string, method = 'GET') =>
      fetch(urlOf(receiver) + path, {
        method,
        headers: { authorization: `Bearer ${ADMIN_KEY}` },
      });

    async function send(receiver: 0 | 1, text: string): Promise<string> {
      const attachments = [{ bytes: Buffer.from(text), contentType: 'text/plain' }];
      const message = twilio.createMessage({ attachments });
      const url = `${urlOf(receiver)}/twilio/incoming`;
      expect((await twilio.deliver(message, { url })).status).toBe(200);
      return message.sid;
    }

    /** The sid of the only attachment of a message, once it is stored. */
    const stored = (receiver: 0 | 1, messageSid: string): Promise<string> =>
      eventually(async () => {
        const response = await call(receiver, `/api/v1/messages/${messageSid}`);
        const { media } = (await response.json()) as { media: { sid: string; state: string }[] };
        expect(media.map(({ state }) => state)).toEqual(['stored']);
        return String(media[0]?.sid);
      }, DEADLINE_MS);

    test('each attachment is fetched once, by either worker', async () => {
      const sids = await Promise.all(
        Array.from({ length: 24 }, (_, n) => send(n % 2 === 0 ? FIRST : SECOND, `note ${n}`)),
      );
      const media = await Promise.all(sids.map((sid) => stored(FIRST, sid)));
      const fetched = () =>
        workers.flatMap((worker) =>
          worker
            .output()
            .split('\n')
            .filter((line) => line.includes('"job ended"'))
            .map((line) => JSON.parse(line) as { job: string; mediaSid: string })
            .filter(({ job }) => job === 'fetch-media')
            .map(({ mediaSid }) => mediaSid),
        );
      await eventually(async () => expect(fetched().toSorted()).toEqual(media.toSorted()));
      expect(twilio.requests.filter(({ server }) => server === 'media')).toHaveLength(24);
    });

    test('a stream follows what another receiver takes in, and is resumed at another one', async () => {
      const reader = await followEvents(
        { url: urlOf(SECOND) },
        { query: '?types=message.received' },
      );
      await eventually(async () => expect(reader.lastId).toBeDefined());
      const sids = [await send(FIRST, 'one'), await send(SECOND, 'two')];
      const sidsOf = ({ events }: typeof reader) => events.map(({ data }) => data.messageSid);
      await eventually(async () => expect(sidsOf(reader).toSorted()).toEqual(sids.toSorted()));
      const { lastId } = reader;
      reader.close();
      const missed = [await send(SECOND, 'three'), await send(FIRST, 'four')];
      const resumed = await followEvents(
        { url: urlOf(FIRST) },
        { lastEventId: lastId, query: '?types=message.received' },
      );
      await eventually(async () => expect(sidsOf(resumed).toSorted()).toEqual(missed.toSorted()));
      for (const sid of [...sids, ...missed]) await stored(FIRST, sid);
    });

    test('what one receiver deletes is gone at the other one, and on the shared disk', async () => {
      const sid = await stored(SECOND, await send(FIRST, 'to be deleted'));
      const path = `/api/v1/media/${sid}/content`;
      expect((await call(SECOND, path)).status).toBe(200);
      const filesBefore = await readdir(blobs, { recursive: true });
      expect((await call(FIRST, `/api/v1/media/${sid}`, 'DELETE')).status).toBe(204);
      expect((await call(SECOND, path)).status).toBe(404);
      expect((await readdir(blobs, { recursive: true })).length).toBeLessThan(filesBefore.length);
    });

    test('a worker that is killed leaves its work to the other one', async () => {
      const [killed] = workers;
      const sids = await Promise.all(
        Array.from({ length: 6 }, (_, n) => send(n % 2 === 0 ? FIRST : SECOND, `last ${n}`)),
      );
      await killed?.end('SIGKILL');
      workers = workers.slice(1);
      for (const sid of sids) await stored(SECOND, sid);
    });
  },
);
