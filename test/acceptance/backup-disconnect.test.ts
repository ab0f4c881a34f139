import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snapshotsFolder } from '../../src/database/embedded/embedded-snapshot.ts';
import { storedFiles } from '../support/stored-files.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// A server's database has tools of its own.
describe.runIf(process.env.TEST_DATABASE_URL === undefined)('a backup whose client is gone', () => {
  let inbox: TestInbox;
  let before: string[];
  beforeAll(async () => {
    inbox = await startTestInbox({ BLOB_STORE_URL: '' });
    const attachments = [{ bytes: Buffer.from('a note'), contentType: 'text/plain' }];
    const { message } = await inbox.receive({ attachments });
    await inbox.mediaOf(message.sid, 'stored');
    before = await files();
  });
  afterAll(() => inbox.stop());

  const request = (signal: AbortSignal) =>
    fetch(`${inbox.url}/api/v1/backup`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
      signal,
    });
  const snapshots = () => readdir(snapshotsFolder(inbox.dataDir)).catch(() => []);
  const files = () => storedFiles({ dataDir: inbox.dataDir }).then((names) => names.sort());

  /** No copy of the database, no temporary file and no turn is held. */
  async function expectNothingHeld(): Promise<void> {
    await eventually(async () => expect(await snapshots()).toEqual([]));
    expect(await files()).toEqual(before);
    const ending = new AbortController();
    await eventually(async () => expect((await request(ending.signal)).status).toBe(200));
    ending.abort();
    await eventually(async () => expect(await snapshots()).toEqual([]));
  }

  test('while the snapshot is taken', async () => {
    const ending = new AbortController();
    const answer = request(ending.signal);
    await eventually(async () => expect(await snapshots()).toHaveLength(1));
    ending.abort();
    await expect(answer).rejects.toThrow('aborted');
    await expectNothingHeld();
  });

  test('while the archive is sent', async () => {
    const ending = new AbortController();
    const { body } = await request(ending.signal);
    const reader = body?.getReader();
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
    ending.abort();
    await expectNothingHeld();
  });

  test('before the first byte was read, while nothing is read at all', async () => {
    const ending = new AbortController();
    const { status } = await request(ending.signal);
    expect(status).toBe(200);
    ending.abort();
    await expectNothingHeld();
    const lines = inbox.logLines.map((line) => JSON.parse(line));
    expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
    expect(lines.map(({ msg }) => msg)).toContain('backup not sent: its client has disconnected');
  });
});
