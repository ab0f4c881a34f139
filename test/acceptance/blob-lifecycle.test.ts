import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writerOf } from '../../src/files/file-names.ts';
import { smallPicture } from '../support/small-picture.ts';
import { storedFiles } from '../support/stored-files.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

async function receivePicture(seed: number) {
  const attachments = [{ bytes: await smallPicture(seed), contentType: 'image/png' }];
  return inbox.receive({ attachments });
}

async function storedPicture(seed: number): Promise<string> {
  const { message } = await receivePicture(seed);
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return media?.sid ?? '';
}

/** The name of every file of the blob store, scratch files included. */
async function files(): Promise<string[]> {
  return (await storedFiles(inbox)).map((key) => basename(key));
}

test('the same bytes arrive while their only media is deleted: they are whole, every time', async () => {
  let sid = await storedPicture(1000);
  for (let round = 0; round < 15; round += 1) {
    const [{ message }] = await Promise.all([
      receivePicture(1000),
      inbox.api('delete', `/api/v1/media/${sid}`).expect(204),
    ]);
    const [media] = await inbox.mediaOf(message.sid, 'stored');
    sid = media?.sid ?? '';
    expect(media?.preview?.kind).toBe('image');
    const content = await inbox.api('get', `/api/v1/media/${sid}/content`).responseType('blob');
    expect([content.status, content.body]).toEqual([200, await smallPicture(1000)]);
    for (const size of ['small', 'medium', 'large']) {
      await inbox.api('get', `/api/v1/media/${sid}/thumbnail?size=${size}`).expect(200);
    }
  }
  await inbox.api('delete', `/api/v1/media/${sid}`).expect(204);
  await eventually(async () => expect(await files()).toEqual([]));
});

test('two deletes at once: one answers 204, the other 404', async () => {
  const sid = await storedPicture(2000);
  const answers = await Promise.all([1, 2].map(() => inbox.api('delete', `/api/v1/media/${sid}`)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404]);
});

test('a start removes files that no row names, and no others', async () => {
  const sid = await storedPicture(3000);
  const before = await files();
  const writer = before.map(writerOf).find((id) => id !== null);
  const orphan = join(inbox.dataDir, `blobs/blobs/ab/cd/orphan-${writer}-0123456789ab`);
  await mkdir(join(orphan, '..'), { recursive: true });
  await writeFile(orphan, 'left behind');
  await inbox.restart();
  await eventually(async () => expect((await files()).toSorted()).toEqual(before.toSorted()));
  await inbox.api('get', `/api/v1/media/${sid}/content`).expect(200);
});
