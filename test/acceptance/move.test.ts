import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readInboundMessage } from '../../src/inbound/inbound-message.ts';
import { openMessageSpool } from '../../src/inbound/spool/message-spool.ts';
import { fixturePath } from '../support/fixtures.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { runInboxProcess } from '../support/inbox-process.ts';
import {
  createEmptyDatabase,
  type EmptyDatabase,
  readAllRows,
  runMove,
} from '../support/moved-installation.ts';
import { type StrictS3, startStrictS3 } from '../support/s3/strict-s3.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// Each part runs commands of their own, and decodes.
const MINUTES = { timeout: 600_000 };

const FIXTURES = [
  ...['contact-30.vcf', 'event.ics', 'note-utf8.txt', 'archive.zip', 'unknown.bin', 'page.html'],
  ...['animated.gif', 'photo.jpg'],
];

describe.runIf(Boolean(process.env.TEST_DATABASE_URL))('to PostgreSQL and a bucket', () => {
  let inbox: TestInbox;
  let target: EmptyDatabase;
  let s3: StrictS3;
  let env: Record<string, string>;
  beforeAll(async () => {
    s3 = await startStrictS3('mms');
    target = await createEmptyDatabase();
    for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
    inbox = await startTestInbox({ DATABASE_URL: '', BLOB_STORE_URL: '' });
    const place = { dataDir: inbox.dataDir, databaseUrl: undefined };
    env = { ...inboxEnv(place, inbox.twilio), ...s3.env, PORT: new URL(inbox.url).port };
  }, 600_000);
  afterAll(async () => {
    await inbox.stop();
    await target.remove();
    await s3.stop();
    vi.unstubAllEnvs();
  });

  const move = () => runMove(env, '--to-database', target.url, '--to-blobs', s3.url);
  const post = (path: string, body: object) => inbox.api('post', path).send(body);

  /** @returns the sids of the attachments, in order */
  async function receive(contents: readonly Uint8Array[]): Promise<string[]> {
    const attachments = contents.map((bytes) => ({ bytes, contentType: 'image/png' }));
    const { message } = await inbox.receive({ attachments, body: 'Grüße 🌄 \\ "\n,{}' });
    const items = await eventually(() => inbox.mediaOf(message.sid, 'stored'), 300_000);
    return items.map(({ sid }) => sid);
  }

  const inBucket = (sha256: string) =>
    [...s3.objects().keys()].filter((key) => key.includes(sha256));
  async function sha256Of(sid: string | undefined): Promise<string> {
    const { body } = await inbox.api('get', `/api/v1/media/${sid}`).expect(200);
    return body.sha256;
  }

  let sids: string[];
  let pendingMessage: string;
  let spooledMessage: string;
  let deleted: string;

  test('a running server is copied, and goes on', MINUTES, async () => {
    const files = await Promise.all(FIXTURES.map((name) => readFile(fixturePath(name))));
    sids = await receive(files);
    sids.push(...(await receive(await Promise.all([1, 2, 3, 4, 5].map((n) => smallPicture(n))))));
    const [first, second, third, fourth] = sids;
    const fifth = sids[7];
    const why = { reasonCode: 'spam', reason: 'a\tb' };
    await post(`/api/v1/media/${first}/decision`, { decision: 'hold', ...why }).expect(200);
    await post(`/api/v1/media/${second}/decision`, { decision: 'quarantine', ...why }).expect(200);
    await post(`/api/v1/media/${third}/reports`, { reason: 'look' }).expect(201);
    await post('/api/v1/notes', { mediaSid: third, text: 'seen' }).expect(201);
    await post('/api/v1/keys', {
      name: 'desk',
      role: 'moderator',
      numbers: ['+14155550100'],
    }).expect(201);
    const endpoint = { url: 'https://203.0.114.1/hook', description: 'x', types: ['media.stored'] };
    await post('/api/v1/endpoints', endpoint).expect(201);
    await inbox.api('delete', `/api/v1/media/${fourth}`).expect(204);
    await eventually(() =>
      inbox.api('get', `/api/v1/media/${fifth}/rendition?as=picture`).expect(200),
    );
    const end = await move();
    expect(end, end.stderr).toMatchObject({ code: 0 });
    expect(end.stderr).toContain(
      `Copying into the database "${new URL(target.url).pathname.slice(1)}"`,
    );
    expect(end.stdout).toContain('Stop the server, and run the same command again.');
    expect(end.stdout).not.toContain('DATABASE_URL');
    deleted = await sha256Of(fifth);
    expect(inBucket(deleted).length).toBeGreaterThanOrEqual(4);
    // A free port: that of the configuration is the running server's.
    const { code, output } = await runInboxProcess({
      ...env,
      DATABASE_URL: target.url,
      PORT: '0',
    });
    expect(code).toBe(1);
    expect(output).toContain('is the target of a move that has not ended');
  });

  test(
    'the last run copies the difference, and removes what was deleted since',
    MINUTES,
    async () => {
      await inbox.api('delete', `/api/v1/media/${sids[7]}`).expect(204);
      sids.push(...(await receive([await smallPicture(1000)])));
      const bytes = await smallPicture(2000);
      const { message } = await inbox.receive({
        attachments: [{ bytes, contentType: 'image/png', faults: [{ kind: 'hang', times: 1 }] }],
      });
      pendingMessage = message.sid;
      await inbox.restart({ DATABASE_URL: target.url, BLOB_STORE_URL: s3.url }, async () => {
        const spool = await openMessageSpool(join(inbox.dataDir, 'spool'), 1_000_000);
        const waiting = inbox.twilio.createMessage({
          attachments: [{ bytes, contentType: 'image/png' }],
        });
        spooledMessage = waiting.sid;
        const { apiBaseUrl } = inbox.twilio;
        await spool.write(readInboundMessage(waiting.params, apiBaseUrl, new Date(), 'webhook'));

        const end = await move();
        expect(end, end.stderr).toMatchObject({ code: 0 });
        expect(end.stdout).toContain('DATABASE_URL');
        expect(end.stdout + end.stderr).not.toContain(
          new URL(target.url).password || 'no password',
        );
        expect(inBucket(deleted)).toEqual([]);

        const source = { dataDir: inbox.dataDir, databaseUrl: undefined };
        expect(await readAllRows({ ...source, databaseUrl: target.url })).toEqual(
          await readAllRows(source),
        );
        const objects = s3.objects();
        const named = await target.query<{ key: string; source: string }>(`
      SELECT f.key, f.source_key AS source FROM mms_inbox_move.file f JOIN (
        SELECT key FROM blob UNION ALL SELECT key FROM preview UNION ALL SELECT key FROM rendition
      ) AS named USING (key)`);
        expect(named.length).toBeGreaterThan(40);
        expect(objects.size).toBe(named.length);
        for (const { key, source: path } of named) {
          const bytes = await readFile(join(inbox.dataDir, 'blobs', path));
          expect(objects.get(key.replace(/^s3:\/\/[^/]+\//, ''))?.equals(bytes)).toBe(true);
        }
      });
    },
  );

  test('a server on the target serves, deletes and fetches what was pending', MINUTES, async () => {
    const last = sids.at(-1);
    const { body } = await inbox.api('get', `/api/v1/media/${last}/content`).expect(200);
    expect(body).toEqual(await smallPicture(1000));
    await inbox.api('get', `/api/v1/media/${last}/thumbnail?size=medium`).expect(200);
    const sha256 = await sha256Of(last);
    await inbox.api('delete', `/api/v1/media/${last}`).expect(204);
    expect(inBucket(sha256)).toEqual([]);
    await inbox.mediaOf(pendingMessage, 'stored');
    await eventually(() => inbox.api('get', `/api/v1/messages/${spooledMessage}`).expect(200));

    const end = await move();
    expect(end).toMatchObject({ code: 1 });
    expect(end.stderr).toContain('A server has been started on the target database');
  });
});
