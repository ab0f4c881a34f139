import { createHash, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDiskBlobStore } from '../../src/files/disk-blob-store.ts';
import type { MediaExport } from '../../src/generated/prisma/client.ts';
import { addMedia } from './add-media.ts';
import type { TestQueue } from './test-queue.ts';

/** Stored attachments and exports, without a server. */
export async function openExportedFiles({ files, database }: TestQueue) {
  const { prisma } = database;
  const folder = join(files.dataDir, 'exported');
  await mkdir(folder, { recursive: true });
  return {
    folder,
    blobs: await createDiskBlobStore(folder, () => 'test'),
    /** Stores an attachment. */
    async store(bytes: Buffer, other: object = {}) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const path = join(folder, sha256);
      await writeFile(path, bytes);
      await prisma.blob.create({ data: { sha256, key: sha256, byteSize: bytes.length } });
      const media = { state: 'stored', blobSha256: sha256, contentType: 'image/png', ...other };
      return { bytes, path, sid: await addMedia(database, media) };
    },
    /** Inserts an export of ada's. */
    createExport(sids: string[], other: Partial<MediaExport> = {}): Promise<MediaExport> {
      return prisma.mediaExport.create({
        data: {
          id: randomUUID(),
          requestedBy: 'ada',
          seesAll: true,
          reveal: false,
          sids,
          total: sids.length,
          expiresAt: new Date(Date.now() + 3_600_000),
          ...other,
        },
      });
    },
  };
}

export type ExportedFiles = Awaited<ReturnType<typeof openExportedFiles>>;
