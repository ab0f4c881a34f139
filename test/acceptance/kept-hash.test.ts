import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { linkPreviews } from '../../src/preview/link-previews.ts';
import type { NewPreview } from '../../src/preview/render-blob.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let files: TestDatabase;
let database: Database;
beforeAll(async () => {
  files = await createTestDatabase();
  database = await openDatabase(files, createLogger('silent'));
});
afterAll(async () => {
  await database.close();
  await files.remove();
});

test('the hash is kept with the bytes, and goes when a new preview shows no picture', async () => {
  const { prisma } = database;
  const blob = { sha256: 'ab'.repeat(32), key: 'blobs/ab' };
  await prisma.blob.create({ data: { ...blob, byteSize: 1 } });
  const picture: NewPreview = {
    kind: 'image',
    reason: null,
    size: null,
    thumbhash: '',
    details: {},
    files: [],
    pdq: { hash: 'd8'.repeat(32), quality: 97 },
  };
  for (const preview of [picture, { ...picture, kind: 'card', pdq: null } as const]) {
    await prisma.blob.updateMany({ data: { previewStale: true } });
    await prisma.$transaction((tx) => linkPreviews(tx, [{ ...blob, preview }], 'stale'));
    const { pdq, pdqQuality } = await prisma.blob.findUniqueOrThrow({
      where: { key: blob.key, sha256: blob.sha256 },
    });
    expect(pdq === null ? null : { hash: pdq, quality: pdqQuality }).toEqual(preview.pdq);
    expect(pdqQuality).toBe(preview.pdq?.quality ?? null);
  }
});
