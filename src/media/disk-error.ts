import { codeOf } from '../errors/caught.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';
import { DownloadError } from './download/download-error.ts';

/** What a failed file operation means. */
export function diskError(cause: unknown): DownloadError {
  const code = codeOf(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new DownloadError('disk-full', 'There is no room left on the disk', { cause });
  }
  return new DownloadError('disk-error', WORDS[code ?? ''] ?? otherWords(code), { cause });
}

const WORDS: Record<string, string> = {
  EROFS: 'The disk is read-only',
  EACCES: 'The file may not be written: the folder belongs to another user',
  EIO: 'The disk fails (EIO)',
};

function otherWords(code: string | undefined): string {
  return `The file could not be written (${code ?? 'no reason given'})`;
}

/** @throws DownloadError `disk-full` or `disk-error` for whatever the operation throws */
export async function onDisk<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw diskError(error);
  }
}

/**
 * What `/readyz` says of the files: webhooks are answered without them, and a load balancer must go on
 * sending those.
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
