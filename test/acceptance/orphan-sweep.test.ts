import { existsSync } from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writerOf } from '../../src/files/file-names.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const HOUR_MS = 3_600_000;

let inbox: TestInbox;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  inbox = await startTestInbox();
});
afterAll(async () => {
  vi.useRealTimers();
  await inbox.stop();
});

/** The id of the process that wrote the one blob there is. */
async function writerOfBlob(): Promise<string | null> {
  const names = await readdir(join(inbox.dataDir, 'blobs/blobs'), { recursive: true });
  return names.map((name) => writerOf(basename(name))).find((id) => id !== null) ?? null;
}

test('files that no row names are removed while the process runs, every hour, and no others', async () => {
  const attachments = [{ bytes: await smallPicture(1), contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  const writer = await writerOfBlob();
  await inbox.restart();
  // Twice: the first may be there before the sweep at the start has come by.
  for (const round of [1, 2]) {
    const orphan = join(inbox.dataDir, `blobs/blobs/ab/cd/left-${writer}-00000000000${round}`);
    await mkdir(dirname(orphan), { recursive: true });
    await writeFile(orphan, 'no row names it');
    const longAgo = new Date(Date.now() - 2 * HOUR_MS);
    await utimes(orphan, longAgo, longAgo);
    await vi.advanceTimersByTimeAsync(HOUR_MS);
    await eventually(async () => expect(existsSync(orphan)).toBe(false));
  }
  await inbox.api('get', `/api/v1/media/${media?.sid}/content`).expect(200);
  await inbox.api('get', `/api/v1/media/${media?.sid}/thumbnail?size=small`).expect(200);
});
