import type { BlobStore } from '../files/blob-store.ts';
import type { ReadinessCheck } from '../http/health-router.ts';
import { diskError } from './disk-error.ts';

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
      const { message } = diskError(error as NodeJS.ErrnoException);
      return `${message}; attachments wait`;
    }
  };
}
