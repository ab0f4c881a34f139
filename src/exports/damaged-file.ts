import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { codeOf } from '../errors/caught.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { DamagedFile } from '../files/blob-store-error.ts';
import type { ExportEntry } from './export-entries.ts';

/**
 * Whether an error means that the file of an entry is missing or damaged, which is logged; false when its
 * attachment was deleted meanwhile.
 *
 * @throws the error when it may be one of the whole store, such as a folder that is not mounted
 */
export type IsDamaged = (
  error: unknown,
  entry: ExportEntry,
  exportId: string,
  options?: { isEioDamage: boolean },
) => Promise<boolean>;

export function createIsDamaged(deps: {
  database: Database;
  blobs: BlobStore;
  log: Logger;
}): IsDamaged {
  const { blobs, log } = deps;
  const { media } = deps.database.prisma;

  return async (error, { item, key }, exportId, options = { isEioDamage: false }) => {
    const code = codeOf(error) ?? '';
    const isOfFile =
      error instanceof DamagedFile ||
      ['ENOENT', 'EISDIR'].includes(code) ||
      (code === 'EIO' && options.isEioDamage);
    if (!isOfFile) throw error;
    // Fails when the folder of the store is not there: then no file can be read, and none is lost.
    await blobs.scratchNames();
    const { sid } = item;
    const stored = await media.count({ where: { sid, state: 'stored', blob: { key } } });
    if (stored === 0) return false;
    log.error({ exportId, mediaSid: sid, code }, 'stored file is missing or damaged');
    return true;
  };
}
