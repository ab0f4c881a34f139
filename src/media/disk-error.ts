import { codeOf } from '../errors/caught.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { BlobStoreError } from '../files/blob-store-error.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';
import { DownloadError } from './download/download-error.ts';

/** Maps a failed operation on the disk or the blob store to a DownloadError. */
export function diskError(cause: unknown): DownloadError {
  if (cause instanceof BlobStoreError) {
    return new DownloadError('store-error', cause.message, { cause });
  }
  const code = codeOf(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new DownloadError('disk-full', 'There is no room left on the disk', { cause });
  }
  const message = MESSAGES[code ?? ''] ?? fallbackMessage(code);
  return new DownloadError('disk-error', message, { cause });
}

const MESSAGES: Record<string, string> = {
  EROFS: 'The disk is read-only',
  EACCES: 'The file may not be written: the folder belongs to another user',
  EIO: 'The disk reports an I/O error (EIO)',
};

function fallbackMessage(code: string | undefined): string {
  return `The file could not be written (${code ?? 'no reason given'})`;
}

/** @throws DownloadError `disk-full`, `disk-error` or `store-error` for any error of the operation */
export async function onDisk<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw diskError(error);
  }
}

/**
 * What `/readyz` reports about the blob store: only degraded, because webhooks are answered without it
 * and a load balancer must keep sending them.
 */
export function blobHealth(blobs: BlobStore): ReadinessCheck {
  return async () => {
    try {
      await blobs.checkWritable();
      return undefined;
    } catch (error) {
      const { message } = diskError(error);
      return `${message}; attachments wait`;
    }
  };
}
