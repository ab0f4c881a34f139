import type { Transaction } from '../../database/database.ts';

/** Keys of files in the blob store that no row names any more. */
export interface UnnamedFiles {
  localFiles: string[];
  previewFiles: string[];
}

/**
 * Forgets blobs that no media has any more, with their previews.
 *
 * @param tx holds the locks of the blobs; the caller commits it
 * @returns by hash, the files that nothing needs any more
 */
export async function forgetUnusedBlobs(
  tx: Transaction,
  sha256s: string[],
): Promise<Map<string, UnnamedFiles>> {
  const unused = await tx.blob.findMany({
    where: { sha256: { in: sha256s }, media: { none: {} } },
    select: { sha256: true, key: true, previews: { select: { key: true } } },
  });
  await tx.blob.deleteMany({ where: { sha256: { in: unused.map(({ sha256 }) => sha256) } } });
  return new Map(
    unused.map(({ sha256, key, previews }) => [
      sha256,
      { localFiles: [key], previewFiles: previews.map((preview) => preview.key) },
    ]),
  );
}
