import type { Logger } from 'pino';
import type { BlobStore } from './blob-store.ts';
import { createDiskBlobStore } from './disk-blob-store.ts';
import { createObjectBlobStore } from './object-blob-store.ts';
import type { S3Location } from './s3/s3-location.ts';

/** Where files are. */
export interface BlobStoreOptions {
  /** Absolute: of files on the disk, and of scratch files. */
  blobFolder: string;
  /** Where new files go; undefined for the folder. */
  s3: S3Location | undefined;
  /** Where older files may be. */
  formerS3: readonly S3Location[];
}

/**
 * Opens the configured store. The AWS SDK is loaded only when a bucket is configured.
 *
 * @param writerId is part of the names of the files that this process writes
 */
export async function openBlobStore(
  { blobFolder, s3, formerS3 }: BlobStoreOptions,
  writerId: () => string,
  log: Logger,
): Promise<BlobStore> {
  const disk = await createDiskBlobStore(blobFolder, writerId);
  // Also without a bucket: keys of one are out of reach then, and their files are not missing.
  if (s3 === undefined && formerS3.length === 0) return createObjectBlobStore(disk, undefined, []);
  const { createS3Store } = await import('./s3/s3-store.ts');
  const target = s3 && createS3Store(s3, log);
  const former = formerS3.map((location) => createS3Store(location, log));
  return createObjectBlobStore(disk, target, former);
}
