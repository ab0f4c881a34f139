import { rename, rm, writeFile } from 'node:fs/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expireExports,
  startExportHousekeeping,
} from '../../../src/exports/export-housekeeping.ts';
import { createMakeExport } from '../../../src/exports/make-export.ts';
import type { BlobStore } from '../../../src/files/blob-store.ts';
import type { MediaExport } from '../../../src/generated/prisma/client.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { type ExportedFiles, openExportedFiles } from '../../support/exported-files.ts';
import { eventually } from '../../support/test-inbox.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

const lines: string[] = [];
const log = pino({ level: 'error' }, { write: (line) => lines.push(line) });

let opened: TestQueue;
let exported: ExportedFiles;
let blobs: BlobStore;
beforeAll(async () => {
  opened = await openTestQueue();
  exported = await openExportedFiles(opened);
  ({ blobs } = exported);
});
afterAll(() => opened.close());

const store = async (text: string) => (await exported.store(Buffer.from(text))).sid;
const ask = async (sids: string[], other: Partial<MediaExport> = {}) =>
  (await exported.createExport(sids, other)).id;

const find = (id: string) => opened.database.prisma.mediaExport.findUnique({ where: { id } });
const never = () => new AbortController().signal;

test('a run continues where another has stopped, and counts nothing twice', async () => {
  const sids = [];
  for (let n = 0; n < 130; n += 1) sids.push(await store(`attachment ${n}`));
  const id = await ask(sids);
  const stopping = new AbortController();
  let read = 0;
  const stopped: BlobStore = {
    ...blobs,
    withLocalFile(key, use) {
      read += 1;
      if (read === 120) stopping.abort(new Error('the process is stopping'));
      return blobs.withLocalFile(key, use);
    },
  };
  const { database } = opened;
  const interrupted = createMakeExport({ database, blobs: stopped, ttlHours: 1, log });
  await expect(interrupted({ id }, stopping.signal)).rejects.toThrow();
  expect(await find(id)).toMatchObject({ state: 'running', done: 100, failures: 0 });
  const resumed = createMakeExport({ database, blobs, ttlHours: 1, log });
  await Promise.all([resumed({ id }, never()), resumed({ id }, never())]);
  const size = sids.reduce((sum, _sid, n) => sum + `attachment ${n}`.length, 0);
  expect(await find(id)).toMatchObject({ state: 'ready', done: 130, byteSize: BigInt(size) });
  await resumed({ id }, never());
});

test('when the files cannot be read at all it is tried again, and given up in the end', async () => {
  const id = await ask([await store('unreachable')]);
  const broken: BlobStore = {
    ...blobs,
    withLocalFile: () => Promise.reject(Object.assign(new Error('stale'), { code: 'ESTALE' })),
  };
  const run = createMakeExport({ database: opened.database, blobs: broken, ttlHours: 1, log });
  for (let n = 1; n <= 30; n += 1) {
    expect(await find(id)).toMatchObject({ failures: n - 1, endedAt: null });
    await expect(run({ id }, never())).rejects.toThrow('stale');
  }
  expect(await find(id)).toMatchObject({ state: 'failed', endedAt: expect.any(Date) });
  await run({ id }, never());
});

test('a fault of the whole store leaves nothing out, and progress forgets failures', async () => {
  const sid = await store('on a disk that comes back');
  const id = await ask([sid]);
  const { database } = opened;
  const failing: BlobStore = {
    ...blobs,
    withLocalFile: () => Promise.reject(Object.assign(new Error('i/o error'), { code: 'EIO' })),
  };
  const run = createMakeExport({ database, blobs: failing, ttlHours: 1, log });
  await expect(run({ id }, never())).rejects.toThrow('i/o error');
  const resumed = createMakeExport({ database, blobs, ttlHours: 1, log });
  await rename(exported.folder, `${exported.folder}-unmounted`);
  await expect(resumed({ id }, never())).rejects.toThrow('ENOENT');
  await rename(`${exported.folder}-unmounted`, exported.folder);
  expect(await find(id)).toMatchObject({ state: 'running', failures: 2, unreadable: [] });
  await resumed({ id }, never());
  expect(await find(id)).toMatchObject({ state: 'ready', failures: 0, unreadable: [] });
});

test('a file that is missing or damaged is logged without its path, a deleted one is not', async () => {
  const [gone, damaged, deleted] = [
    await exported.store(Buffer.from('is removed')),
    await exported.store(Buffer.from('is changed')),
    await exported.store(Buffer.from('is deleted')),
  ];
  const id = await ask([gone.sid, damaged.sid, deleted.sid]);
  await rm(gone.path);
  await writeFile(damaged.path, 'was changed');
  const deleting: BlobStore = {
    ...blobs,
    async withLocalFile(key, use) {
      if (deleted.path.endsWith(key)) {
        const where = { sid: deleted.sid };
        await opened.database.prisma.media.update({ where, data: { state: 'deleted' } });
        await rm(deleted.path);
      }
      return blobs.withLocalFile(key, use);
    },
  };
  lines.length = 0;
  await createMakeExport({ database: opened.database, blobs: deleting, ttlHours: 1, log })(
    { id },
    never(),
  );
  expect(await find(id)).toMatchObject({ omitted: 3, unreadable: [gone.sid, damaged.sid] });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { exportId: id, mediaSid: gone.sid, code: 'ENOENT' },
    { exportId: id, mediaSid: damaged.sid, code: 'WRONG_HASH' },
  ]);
  expect(lines.join('')).not.toContain(exported.folder);
});

test('the time to download begins when it is ready', async () => {
  const soon = new Date(Date.now() + 60_000);
  const id = await ask([await store('one that waited long')], { expiresAt: soon });
  await createMakeExport({ database: opened.database, blobs, ttlHours: 1, log })({ id }, never());
  const made = await find(id);
  expect(Number(made?.expiresAt) - Number(made?.endedAt)).toBe(3_600_000);
});

test('one that is deleted meanwhile ends', async () => {
  const sids = [await store('first of two'), await store('second of two')];
  const id = await ask(sids);
  const deleting: BlobStore = {
    ...blobs,
    async withLocalFile(key, use) {
      await opened.database.prisma.mediaExport.deleteMany({ where: { id } });
      return blobs.withLocalFile(key, use);
    },
  };
  await createMakeExport({ database: opened.database, blobs: deleting, ttlHours: 1, log })(
    { id },
    never(),
  );
  expect(await find(id)).toBeNull();
});

test('an expired one loses its selection, and is removed a week later', async () => {
  const day = 86_400_000;
  const now = Date.now();
  const [fresh, old, older] = [
    await ask(['MEa']),
    await ask(['MEb'], { state: 'ready', expiresAt: new Date(now - day) }),
    await ask(['MEc'], { state: 'expired', expiresAt: new Date(now - 8 * day) }),
  ];
  await expireExports(opened.database);
  expect(await find(fresh)).toMatchObject({ state: 'waiting', sids: ['MEa'] });
  expect(await find(old)).toMatchObject({ state: 'expired', sids: [], total: 1 });
  expect(await find(older)).toBeNull();
});

test('those that have lost their jobs get others', async () => {
  const { database, queue } = opened;
  const ids: string[] = [];
  // More than a batch.
  for (let n = 0; n < 201; n += 1) ids.push(await ask(['MEd'], { state: 'running' }));
  const stop = startExportHousekeeping({ database, queue, log: createLogger('silent') });
  await eventually(async () => {
    const [{ jobs }] = await database.prisma.$queryRaw<[{ jobs: number }]>`
      SELECT count(*)::int AS jobs FROM pgboss.job WHERE singleton_key = ANY(${ids}::text[])`;
    expect(jobs).toBe(201);
  });
  await stop();
});
