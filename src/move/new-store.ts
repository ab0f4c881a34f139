import { relative, resolve } from 'node:path';
import type { Logger } from 'pino';
import { AppError } from '../errors/app-error.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { type BlobStoreOptions, openBlobStore } from '../files/open-blob-store.ts';
import { keyStartOf, type S3Location } from '../files/s3/s3-location.ts';
import type { KeyChange } from './moved-keys.ts';

/** Where files go: exactly one of both. */
export interface NewPlace {
  folder: string | undefined;
  s3: S3Location | undefined;
}

/** The stores of a move of files, and how their keys change. */
export interface FileMove {
  from: BlobStore;
  to: BlobStore;
  keys: Omit<KeyChange, 'writer'>;
  close(): void;
}

/**
 * Opens the stores of the source and the new one.
 *
 * @param writerId is part of the names of temporary files. Those of a bucket are in the folder of the source
 * @throws AppError `conflict` for a bucket whose keys could be those of another one; the error of a store that cannot
 *   be written
 */
export async function openFileMove(
  { blobFolder, s3, formerS3 }: BlobStoreOptions,
  place: NewPlace,
  writerId: () => string,
  log: Logger,
): Promise<FileMove> {
  const ours = s3 === undefined ? formerS3 : [s3, ...formerS3];
  if (place.s3 !== undefined) requireDistinct(place.s3, ours);
  const folder = place.folder === undefined ? undefined : resolve(place.folder);
  if (folder !== undefined) requireApart(folder, blobFolder);
  const keyStart = place.s3 === undefined ? '' : keyStartOf(place.s3);
  const starts = ours.map(keyStartOf);
  const from = await openBlobStore({ blobFolder, s3, formerS3 }, writerId, log);
  const to = await openBlobStore(
    { blobFolder: folder ?? blobFolder, s3: place.s3, formerS3: [] },
    writerId,
    log,
  );
  function close(): void {
    from.close();
    to.close();
  }
  try {
    await to.checkWritable();
  } catch (error) {
    close();
    throw error;
  }
  return {
    from,
    to,
    keys: {
      keyStart,
      isOfSource: keyStart === '' ? folder === blobFolder : starts.includes(keyStart),
      formerStarts: starts.filter((start) => start !== keyStart),
    },
    close,
  };
}

/** A key names bucket and prefix, not the server: both stores would have the same keys. */
function requireDistinct(target: S3Location, ours: readonly S3Location[]): void {
  const keyStart = keyStartOf(target);
  const other = ours.find(
    (location) =>
      (keyStart.startsWith(keyStartOf(location)) || keyStartOf(location).startsWith(keyStart)) &&
      (location.endpoint !== target.endpoint || keyStartOf(location) !== keyStart),
  );
  if (other === undefined) return;
  throw new AppError(
    'conflict',
    `Files are in ${keyStartOf(other)} already, and keys of files name bucket and prefix alone: give the new store ` +
      'another bucket or prefix, neither of which is within the other.',
  );
}

/** @throws AppError `conflict` for a folder within the other one, which is removed after the move */
function requireApart(folder: string, blobFolder: string): void {
  if (folder === blobFolder) return;
  const isWithin = (inner: string, outer: string) => !/^\.\.(\/|\\|$)/.test(relative(outer, inner));
  if (!isWithin(folder, blobFolder) && !isWithin(blobFolder, folder)) return;
  throw new AppError('conflict', 'The new folder is within that of the files, or around it.');
}
