import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDiskBlobStore } from '../../../src/files/disk-blob-store.ts';
import { createDeleteMedia } from '../../../src/moderation/deletions/delete-media.ts';
import { createDeleteJudged } from '../../../src/moderation/judgement.ts';
import { addMedia } from '../../support/add-media.ts';
import { countStrikes } from '../../support/count-strikes.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

let opened: TestQueue;
beforeAll(async () => {
  opened = await openTestQueue();
});
afterAll(() => opened.close());

// The job may wait for minutes behind others, and people decide meanwhile.
test.each([
  ['stored', 'quarantined', 'deleted'],
  ['stored', 'visible', 'stored'],
  ['stored', 'held', 'stored'],
  ['pending', 'quarantined', 'deleted'],
  ['pending', 'visible', 'deleted'],
])('what is %s and %s when its turn comes is %s afterwards', async (state, moderation, becomes) => {
  const { database, queue, files } = opened;
  const blobs = await createDiskBlobStore(join(files.dataDir, 'blobs'), () => 'test');
  const deleteMedia = createDeleteMedia({
    database,
    queue,
    blobs,
    deleteUpstream: true,
    countStrikes,
  });
  const mediaSid = await addMedia(database, { state, moderation });
  const decider = { actor: 'system:blocklist', reasonCode: 'blocklist', reason: null };
  await createDeleteJudged(deleteMedia)({ mediaSid, ...decider }, new AbortController().signal);
  const media = await database.prisma.media.findUniqueOrThrow({ where: { sid: mediaSid } });
  expect(media.state).toBe(becomes);
});
