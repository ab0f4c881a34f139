import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writerOf } from '../../src/files/file-names.ts';
import { IN_BUCKET } from '../support/s3/test-s3.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

/** The id of the process that wrote the one blob there is. */
async function writerOfBlob(): Promise<string | null> {
  const names = await readdir(join(inbox.dataDir, 'blobs/blobs'), { recursive: true });
  return names.map((name) => writerOf(basename(name))).find((id) => id !== null) ?? null;
}

// test/unit/media/sweep-of-buckets.test.ts has the same for objects.
test.skipIf(IN_BUCKET)(
  'files of an ended process that no row names are removed by the next, and no others',
  async () => {
    const attachments = [{ bytes: await smallPicture(1), contentType: 'image/png' }];
    const { message } = await inbox.receive({ attachments });
    const [media] = await inbox.mediaOf(message.sid, 'stored');
    const rendition = `/api/v1/media/${media?.sid}/rendition?as=picture`;
    await eventually(() => inbox.api('get', rendition).expect(200));
    const writer = await writerOfBlob();
    const orphan = join(inbox.dataDir, `blobs/blobs/ab/cd/left-${writer}-000000000001`);
    await mkdir(dirname(orphan), { recursive: true });
    await writeFile(orphan, 'no row names it');
    await inbox.restart();
    await eventually(async () => expect(existsSync(orphan)).toBe(false));
    await inbox.api('get', `/api/v1/media/${media?.sid}/content`).expect(200);
    await inbox.api('get', `/api/v1/media/${media?.sid}/thumbnail?size=small`).expect(200);
    await inbox.api('get', rendition).expect(200);
  },
);
