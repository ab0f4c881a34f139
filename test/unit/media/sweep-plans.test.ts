import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDiskBlobStore } from '../../../src/files/disk-blob-store.ts';
import { newBlobKey } from '../../../src/files/file-names.ts';
import { registerFileWriter } from '../../../src/media/file-writer.ts';
import { resendStrandedJobs, sweepOrphans } from '../../../src/media/housekeeping.ts';
import { resendDeletionJobs } from '../../../src/moderation/deletions/retry-deletion.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import {
  expectBoundedReads,
  type RecordedStatements,
  recordStatements,
} from '../../support/query-plans.ts';
import { seedInbox } from '../../support/seed-inbox.ts';
import { seededSid } from '../../support/seed-rows.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

// What runs by itself, every hour or every five minutes, on tables that are large: it reads what it is about.

const ROWS = 100_000;
const STRANDED = 300;
const MAX_ROWS_READ = 2_000;

let opened: TestQueue;
let statements: RecordedStatements;
beforeAll(async () => {
  opened = await openTestQueue();
  await seedInbox(opened.database, ROWS);
  statements = recordStatements();
}, 400_000);
afterAll(async () => {
  statements.stop();
  await opened.close();
});

test('the orphan sweep looks up the keys of the files that it found', async () => {
  const { database, files } = opened;
  const log = createLogger('silent');
  const folder = join(files.dataDir, 'files');
  const ended = await registerFileWriter(database, log);
  await ended.close();
  const leftBehind = await createDiskBlobStore(folder, ended.id);
  for (let n = 0; n < STRANDED; n += 1) {
    const key = newBlobKey(leftBehind, n.toString(16).padStart(64, '0'));
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), 'no row has this key');
  }
  const writer = await registerFileWriter(database, log);
  const blobs = await createDiskBlobStore(folder, writer.id);
  statements.take();
  const removed = await sweepOrphans({ database, blobs, writer }, new AbortController().signal);
  const sent = statements.take();
  await writer.close();
  expect(removed).toBe(STRANDED);
  await expectBoundedReads(sent, MAX_ROWS_READ);
}, 60_000);

test('the sweep for lost jobs reads pending rows and copies that are being deleted', async () => {
  const { database, queue } = opened;
  const last = seededSid('ME', STRANDED);
  await database.prisma.media.updateMany({
    where: { sid: { lte: last } },
    data: { upstream: 'deleting' },
  });
  statements.take();
  expect(await resendStrandedJobs(database, queue)).toBe(STRANDED);
  await resendDeletionJobs(database, queue);
  await expectBoundedReads(statements.take(), MAX_ROWS_READ);
}, 60_000);
