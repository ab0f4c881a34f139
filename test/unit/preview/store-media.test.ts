import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BlobStore } from '../../../src/files/blob-store.ts';
import { createDiskBlobStore } from '../../../src/files/disk-blob-store.ts';
import { newBlobKey } from '../../../src/files/file-names.ts';
import { type FileWriter, registerFileWriter } from '../../../src/media/file-writer.ts';
import { applyDecision } from '../../../src/moderation/apply-decision.ts';
import { createBlocklistIndex } from '../../../src/moderation/blocklist/blocklist-index.ts';
import { createDeleteMedia } from '../../../src/moderation/deletions/delete-media.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { NO_TRACING } from '../../../src/monitoring/tracing.ts';
import { createPdqIndex } from '../../../src/pdq/pdq-index.ts';
import { type CommitMedia, createCommitMedia } from '../../../src/preview/commit-media.ts';
import { createKeepFetched } from '../../../src/preview/preview-fetched.ts';
import type { NewPreview } from '../../../src/preview/render-blob.ts';
import type { Screen } from '../../../src/preview/screen.ts';
import { storeMedia } from '../../../src/preview/store-media.ts';
import { createScreen } from '../../../src/screening/screening.ts';
import { addMedia } from '../../support/add-media.ts';
import { countStrikes } from '../../support/count-strikes.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

let opened: TestQueue;
let blobs: BlobStore;
let writer: FileWriter;
let screen: Screen;
let commitMedia: CommitMedia;
beforeEach(async () => {
  opened = await openTestQueue();
  const { database, queue } = opened;
  writer = await registerFileWriter(database, createLogger('silent'));
  blobs = await createDiskBlobStore(join(opened.files.dataDir, 'blobs'), writer.id);
  const index = createBlocklistIndex(database, createPdqIndex());
  await index.ready();
  screen = createScreen({ database, queue, index, scan: undefined });
  const deps = {
    database,
    queue,
    blobs,
    writer,
    screen,
    deleteUpstreamAfterStore: false,
    requestRenditions: undefined,
    requestTranscripts: undefined,
  };
  commitMedia = createCommitMedia({
    ...deps,
    pending: () => 0,
    onStored: () => undefined,
    tracing: NO_TRACING,
  });
});
afterEach(async () => {
  await writer.close();
  await opened.close();
});

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const claim = () => ({ id: crypto.randomUUID(), retryCount: 0, priority: 0, isCompleted: false });
const PREVIEW: NewPreview = {
  kind: 'image',
  reason: null,
  size: null,
  thumbhash: '',
  pdq: null,
  details: {},
  files: [],
};
const NOT_OBJECTED = { picture: null, findings: { isMatched: false, opinion: null } };

function newBytes(mediaSid: string, text: string) {
  const sha256 = hashOf(text);
  const file = { mediaSid, sha256, key: newBlobKey(blobs, sha256), byteSize: text.length };
  return { ...file, contentType: 'image/png', declaredContentType: null, firstTriedAt: null };
}

interface Own {
  screen?: Screen;
  commitMedia?: CommitMedia;
  preview?: NewPreview;
}

/** Does with files what the job does that has fetched them; it remembers the hashes that it has seen. */
function createKeep({ preview = PREVIEW, ...own }: Own = {}) {
  const keepFetched = createKeepFetched({
    database: opened.database,
    screen,
    commitMedia,
    ...own,
    renderer: {
      render: async () => preview,
      withPreview: () => Promise.reject(new Error('not asked for')),
      pending: () => 0,
    },
  });
  return async (mediaSid: string, text: string) => {
    const folder = blobs.scratchPath(mediaSid);
    await mkdir(folder);
    const path = join(folder, 'bytes');
    await writeFile(path, text);
    const bytes = newBytes(mediaSid, text);
    await keepFetched({ bytes, path, folder }, new AbortController().signal, claim());
  };
}

function readMedia(sid: string) {
  const { prisma } = opened.database;
  return prisma.media.findUniqueOrThrow({ where: { sid }, include: { blob: true } });
}

async function previewJobs(): Promise<string[]> {
  const rows = await opened.database.prisma.$queryRaw<{ sid: string }[]>`
    SELECT singleton_key AS sid FROM pgboss.job WHERE name = 'preview-media'`;
  return rows.map(({ sid }) => sid);
}

function deleteMedia(sid: string): Promise<unknown> {
  const { database, queue } = opened;
  const run = createDeleteMedia({ database, queue, blobs, deleteUpstream: false, countStrikes });
  return run({ sid, actor: 'moderator', reasonCode: null, reason: null });
}

test('a preview that was deleted with its bytes meanwhile is made again', async () => {
  const [first, again] = [await addMedia(opened.database), await addMedia(opened.database)];
  const keep = createKeep({
    async commitMedia(...args) {
      if (args[0].mediaSid === again) await deleteMedia(first);
      return commitMedia(...args);
    },
  });
  await keep(first, 'the same');
  await keep(again, 'the same');
  expect(await readMedia(again)).toMatchObject({ state: 'pending', blob: { previewKind: null } });
  expect(await previewJobs()).toEqual([again]);
});

test('the preview of a blob that was deleted meanwhile does not hide that of the new one', async () => {
  const { database, queue } = opened;
  const gone = await addMedia(database, { state: 'deleted' });
  const fresh = await addMedia(database);
  const bytes = newBytes(fresh, 'again');
  const base = { ...bytes, priority: 0, preview: PREVIEW, screening: NOT_OBJECTED };
  const stale = { ...base, mediaSid: gone, key: newBlobKey(blobs, bytes.sha256), newBytes: null };
  await database.prisma.$transaction((tx) =>
    storeMedia(
      tx,
      {
        queue,
        screen,
        deleteUpstreamAfterStore: false,
        requestRenditions: undefined,
        requestTranscripts: undefined,
      },
      [stale, { ...base, newBytes: bytes }],
    ),
  );
  expect(await readMedia(fresh)).toMatchObject({ state: 'stored', blob: { previewKind: 'image' } });
});

test('what is deleted before its commit is not in the blob store when the deletion has ended', async () => {
  const sid = await addMedia(opened.database);
  let left: string[] = ['not looked'];
  const deleting: CommitMedia = async (...args) => {
    await deleteMedia(sid);
    const names = await readdir(join(opened.files.dataDir, 'blobs'), { recursive: true });
    left = names.filter((name) => name.includes(hashOf('secret')));
    return commitMedia(...args);
  };
  await expect(createKeep({ commitMedia: deleting })(sid, 'secret')).rejects.toThrow();
  expect(left).toEqual([]);
  expect(await readMedia(sid)).toMatchObject({ state: 'deleted', blob: null });
});

test('bytes are kept when the screening fails, and screened by another job', async () => {
  const sid = await addMedia(opened.database);
  const failing = { ...screen, inspect: () => Promise.reject(new Error('the blocklist is away')) };
  await createKeep({ screen: failing })(sid, 'kept');
  expect(await readMedia(sid)).toMatchObject({ state: 'pending', blobSha256: hashOf('kept') });
  expect(await previewJobs()).toEqual([sid]);
});

test('bytes are kept when their preview cannot be stored', async () => {
  const sid = await addMedia(opened.database);
  const refused = { ...PREVIEW, pdq: { hash: 'not\u0000storable', quality: 1 } };
  await createKeep({ preview: refused })(sid, 'kept');
  expect(await readMedia(sid)).toMatchObject({ state: 'pending', blobSha256: hashOf('kept') });
  expect(await previewJobs()).toEqual([sid]);
});

test('two attempts of one attachment in a group store one file', async () => {
  const sid = await addMedia(opened.database);
  const keep = createKeep();
  await Promise.all([keep(sid, 'one'), keep(sid, 'other')]);
  expect(await opened.database.prisma.blob.count()).toBe(1);
  const names = await readdir(join(opened.files.dataDir, 'blobs', 'blobs'), { recursive: true });
  expect(names.filter((name) => name.length > 64)).toHaveLength(1);
});

test('a group and decisions about its attachments do not deadlock', async () => {
  const { database, queue } = opened;
  const decider = { actor: 'moderator', reasonCode: null, reason: null };
  for (let round = 0; round < 5; round += 1) {
    const sids = await Promise.all(Array.from({ length: 6 }, () => addMedia(database)));
    const ready = sids.map((sid) => {
      const bytes = newBytes(sid, `shared by ${round}`);
      return {
        ...bytes,
        priority: 0,
        newBytes: bytes,
        preview: PREVIEW,
        screening: NOT_OBJECTED,
      };
    });
    const store = (group: typeof ready) =>
      database.prisma.$transaction((tx) =>
        storeMedia(
          tx,
          {
            queue,
            screen,
            deleteUpstreamAfterStore: false,
            requestRenditions: undefined,
            requestTranscripts: undefined,
          },
          group,
        ),
      );
    await Promise.all([
      store(ready.slice(0, 3)),
      store(ready.slice(3).toReversed()),
      database.prisma.$transaction((tx) => applyDecision(tx, sids, 'hold', decider)),
      database.prisma.$transaction((tx) => applyDecision(tx, sids.toReversed(), 'hold', decider)),
    ]);
    for (const sid of sids) expect(await readMedia(sid)).toMatchObject({ state: 'stored' });
  }
});

// The embedded database has one connection: there every transaction waits for the one before.
test.runIf(process.env.TEST_DATABASE_URL)(
  'an attachment does not wait for the commit of those that may wait',
  async () => {
    const { prisma } = opened.database;
    const [patient, urgent] = [await addMedia(opened.database), await addMedia(opened.database)];
    const commit = (mediaSid: string, priority: number) => {
      const bytes = newBytes(mediaSid, mediaSid);
      const ready = { ...bytes, priority, newBytes: bytes, preview: PREVIEW };
      const job = { name: 'fetch-media', claim: { ...claim(), priority } } as const;
      return commitMedia({ ...ready, screening: NOT_OBJECTED }, job);
    };
    let committing: Promise<void> | undefined;
    await prisma.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT sid FROM media WHERE sid = ${patient} FOR UPDATE`;
      committing = commit(patient, -1);
      await commit(urgent, 0);
      expect(await readMedia(urgent)).toMatchObject({ state: 'stored' });
      expect(await readMedia(patient)).toMatchObject({ state: 'pending' });
    });
    await committing;
    expect(await readMedia(patient)).toMatchObject({ state: 'stored' });
  },
);
