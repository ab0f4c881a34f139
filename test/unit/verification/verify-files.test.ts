import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import { openDatabase } from '../../../src/database/open-database.ts';
import type { BlobStore } from '../../../src/files/blob-store.ts';
import { BlobStoreError } from '../../../src/files/blob-store-error.ts';
import { createDiskBlobStore } from '../../../src/files/disk-blob-store.ts';
import { createObjectBlobStore } from '../../../src/files/object-blob-store.ts';
import { createVerifyFiles } from '../../../src/verification/verify-files.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';

const log = pino({ level: 'silent' });
const ID = '0d9e8c7b-6a5f-4e3d-8c2b-1a0f9e8d7c6b';
const PATIENCE = { waiting: { retries: 2, minTimeout: 1, maxTimeout: 2 }, skipMs: 60_000 };
let place: TestDatabase;
let database: Database;
let blobs: BlobStore;
let folder: string;
beforeAll(async () => {
  place = await createTestDatabase();
  database = await openDatabase(place, log);
  folder = join(place.dataDir, 'blobs');
  blobs = createObjectBlobStore(
    await createDiskBlobStore(folder, () => '0'.repeat(12)),
    undefined,
    [],
  );
});
afterAll(async () => {
  await database.close();
  await place.remove();
});
beforeEach(async () => {
  await database.prisma.verification.deleteMany();
  await database.prisma.blob.deleteMany();
  const data = { id: ID, repair: false, bytesPerSecond: 1_000_000_000, requestedBy: 'test' };
  await database.prisma.verification.create({ data });
});

/** A blob with its row and its file. */
async function add(text: string, key?: string): Promise<{ sha256: string; key: string }> {
  const sha256 = createHash('sha256').update(text).digest('hex');
  const path = key ?? `blobs/${sha256.slice(0, 2)}/${sha256}`;
  await database.prisma.blob.create({ data: { sha256, key: path, byteSize: text.length } });
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
  return { sha256, key: path };
}

/** Runs the job once. @param openFile replaces that of the store */
async function run(openFile?: BlobStore['openFile'], signal = new AbortController().signal) {
  const ended: string[] = [];
  const job = createVerifyFiles({
    database,
    blobs: { ...blobs, ...(openFile && { openFile }) },
    checkDecodable: async ({ name }) => (name === 'small' ? 'No picture' : null),
    repairFindings: async (id) => void ended.push(id),
    patience: PATIENCE,
    log,
  });
  await job({ id: ID }, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  const item = await database.prisma.verification.findUniqueOrThrow({ where: { id: ID } });
  const findings = await database.prisma.verificationFinding.findMany({ orderBy: { id: 'asc' } });
  return { item, findings, ended };
}

test('a file that is deleted while it is read is no finding', async () => {
  await add('one');
  const { sha256, key } = await add('two');
  const { item, findings, ended } = await run(async (path) => {
    if (path === key) {
      await database.prisma.blob.deleteMany({ where: { sha256 } });
      await rm(join(folder, path), { force: true });
    }
    return blobs.openFile(path);
  });
  expect(findings).toEqual([]);
  expect(item).toMatchObject({ missing: 0, files: 2, readAt: expect.any(Date) });
  expect(ended).toEqual([ID]);
});

test('a file that is replaced while it is read is no finding', async () => {
  const { sha256, key } = await add('one');
  const { findings } = await run(async (path) => {
    await database.prisma.blob.update({ where: { sha256 }, data: { key: `${key}-new` } });
    await rm(join(folder, path), { force: true });
    return blobs.openFile(path);
  });
  expect(findings).toEqual([]);
});

test('a store that does not answer for a while is waited for', async () => {
  await add('one');
  let failures = 2;
  const { item, findings } = await run(async (key) => {
    if (failures-- > 0) throw new BlobStoreError('SlowDown', 'The store asks for fewer requests');
    return blobs.openFile(key);
  });
  expect(findings).toEqual([]);
  expect(item).toMatchObject({ unreadable: 0, problem: null });
});

test('a store that is given up makes its files unreadable, not missing, and the others are read', async () => {
  const [one] = await Promise.all([add('one'), add('two'), add('three')]);
  await add('four', 's3://elsewhere/blobs/four');
  let tries = 0;
  const { item, findings } = await run(async (key) => {
    if (key !== one.key) return blobs.openFile(key);
    tries += 1;
    throw Object.assign(new Error('EIO: /data/secret'), { code: 'EIO', syscall: 'read' });
  });
  expect(tries).toBe(3);
  expect(item).toMatchObject({ missing: 0, damaged: 0, unknownStore: 1 });
  expect(item.unreadable).toBeGreaterThan(0);
  const unreadable = findings.find(({ key }) => key === one.key);
  expect(unreadable?.detail).toBe('The file cannot be read (EIO)');
  const unknown = findings.find(({ kind }) => kind === 'unknown_store');
  expect(unknown?.detail).toContain('BLOB_STORE_FORMER_URLS');
});

test('credentials that are wrong are not waited for', async () => {
  await add('one');
  let tries = 0;
  const { findings } = await run(async () => {
    tries += 1;
    throw new BlobStoreError('AccessDenied', 'The credentials do not allow it (AccessDenied)');
  });
  expect(tries).toBe(1);
  expect(findings).toMatchObject([
    { kind: 'unreadable', detail: 'The credentials do not allow it (AccessDenied)' },
  ]);
});

test('a folder that is not there makes no file missing', async () => {
  await add('one');
  const gone = { ...blobs, scratchNames: () => Promise.reject(new Error('ENOENT')) };
  const kept = blobs;
  blobs = gone;
  try {
    const { findings } = await run(async () => {
      throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
    });
    expect(findings).toMatchObject([
      { kind: 'unreadable', detail: 'The folder of the files is not there' },
    ]);
  } finally {
    blobs = kept;
  }
});

test('one that is interrupted goes on where it was, and finds nothing twice', async () => {
  const files = await Promise.all(Array.from({ length: 230 }, (_, n) => add(`file ${n}`)));
  const [first] = files.toSorted((one, other) => (one.sha256 < other.sha256 ? -1 : 1));
  if (first === undefined) throw new Error('no files');
  await writeFile(join(folder, first.key), 'changed');
  const stopping = new AbortController();
  let opened = 0;
  const counting: BlobStore['openFile'] = async (key) => {
    opened += 1;
    if (opened === 150) stopping.abort();
    return blobs.openFile(key);
  };
  const begun = await run(counting, stopping.signal);
  expect(begun.item).toMatchObject({ files: 100, damaged: 1, readAt: null });
  expect(begun.ended).toEqual([]);
  const { item, findings } = await run(counting);
  expect(item).toMatchObject({ files: 230, damaged: 1, readAt: expect.any(Date) });
  expect(findings).toMatchObject([{ kind: 'wrong_size', key: first.key }]);
  // The second step was read twice at most, and the damaged file was looked at again.
  expect(opened).toBeLessThanOrEqual(230 + 100 + 1);
});

test('a preview of an earlier release is decoded once, and its hash is known then', async () => {
  const { sha256 } = await add('one');
  for (const size of ['small', 'large'] as const) {
    const key = `previews/${sha256}-${size}`;
    await mkdir(join(folder, 'previews'), { recursive: true });
    await writeFile(join(folder, key), size);
    const facts = { contentType: 'image/webp', width: 1, height: 1, byteSize: 5 };
    await database.prisma.preview.create({ data: { blobSha256: sha256, size, key, ...facts } });
  }
  const { findings } = await run();
  expect(findings).toMatchObject([{ kind: 'undecodable', name: 'small', detail: 'No picture' }]);
  const large = await database.prisma.preview.findFirstOrThrow({ where: { size: 'large' } });
  expect(large.fileSha256).toBe(createHash('sha256').update('large').digest('hex'));
});
