import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALL_WORK, type Caller } from '../../../src/auth/api-keys.ts';
import { createOpenArchive } from '../../../src/exports/export-archive.ts';
import { exportRequest } from '../../../src/exports/export-schemas.ts';
import { createExports, type Exports } from '../../../src/exports/exports.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { openExportedFiles } from '../../support/exported-files.ts';
import { seedInbox } from '../../support/seed-inbox.ts';
import { SEEDED_SINCE, seededSid } from '../../support/seed-rows.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

const ROWS = 12_000;

let opened: TestQueue;
let exports: Exports;
beforeAll(async () => {
  opened = await openTestQueue();
  await seedInbox(opened.database, ROWS);
  exports = createExports(opened.database, opened.queue);
}, 120_000);
afterAll(() => opened.close());

const caller: Caller = {
  keyId: null,
  secretHash: '',
  name: 'ada',
  role: 'moderator',
  work: ALL_WORK,
};
const begin = (body: object) =>
  exports.begin(exportRequest.parse(body), caller, async () => undefined);

test('a filter that selects too many is refused, and nothing is stored', async () => {
  await expect(begin({ filter: {} })).rejects.toMatchObject({
    code: 'invalid_request',
    fields: [{ field: 'filter', message: expect.stringMatching(/^selects more than 10000 /) }],
  });
  expect(await opened.database.prisma.mediaExport.count()).toBe(0);
  const [{ jobs }] = await opened.database.prisma.$queryRaw<[{ jobs: number }]>`
    SELECT count(*)::int AS jobs FROM pgboss.job WHERE name = 'make-export'`;
  expect(jobs).toBe(0);
});

test('as many as there may be: newest first, and laid out without opening a file', async () => {
  const receivedAfter = new Date(SEEDED_SINCE.getTime() + (ROWS - 9_999) * 10_000).toISOString();
  const { id, total } = await begin({ filter: { receivedAfter } });
  expect(total).toBe(10_000);
  const { prisma } = opened.database;
  const row = await prisma.mediaExport.update({ where: { id }, data: { state: 'ready' } });
  expect(row.sids[0]).toBe(seededSid('ME', ROWS));
  const { blobs } = await openExportedFiles(opened);
  const archive = await createOpenArchive({
    database: opened.database,
    blobs,
    log: createLogger('silent'),
  })(row);
  // Of 1,000 bytes each; failed and held ones are left out.
  expect(archive.byteSize).toBeGreaterThan(9_000 * 1000);
});

test('files of more than 64 GiB are too many, unless they are left out anyway', async () => {
  const { database } = opened;
  const { blob, ...media } = await database.prisma.media.findFirstOrThrow({
    where: { state: 'stored', moderation: 'visible', blobSha256: { not: null } },
    include: { blob: true },
  });
  await database.prisma.blob.update({
    where: { sha256: String(blob?.sha256) },
    data: { byteSize: 65n * 1024n ** 3n },
  });
  const { sid } = media;
  await expect(begin({ sids: [sid] })).rejects.toMatchObject({
    code: 'invalid_request',
    fields: [{ field: 'sids', message: expect.stringMatching(/^selects more than 64 GiB/) }],
  });
  await database.prisma.media.update({ where: { sid }, data: { moderation: 'held' } });
  expect(await begin({ sids: [sid] })).toMatchObject({ total: 1 });
});

test('an export waits behind other jobs', async () => {
  const { id } = await begin({ sids: [seededSid('ME', 1)] });
  const jobs = await opened.database.prisma.$queryRaw<object[]>`
    SELECT priority FROM pgboss.job WHERE singleton_key = ${id}`;
  expect(jobs).toEqual([{ priority: -1 }]);
});
