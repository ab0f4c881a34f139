import type { BlobStore } from '../../files/blob-store.ts';
import type { ByteBudget, ByteShare } from '../../files/byte-budget.ts';
import type { Media } from '../../generated/prisma/client.ts';
import { onDisk } from '../disk-error.ts';
import type { DownloadRequest } from './download-media.ts';

/**
 * The request for the copy of an attachment at Twilio, and its place among the bytes in flight.
 *
 * @param to.path the file to write; must not exist yet
 * @param take how the place is taken
 * @returns `share`: the caller says how much was written, and releases it when the bytes are in the blob store
 */
export function prepareDownload(
  { url, sid, accountSid, messageSid }: Media,
  { path: toPath, signal }: { path: string; signal: AbortSignal },
  { blobs, budget }: { blobs: BlobStore; budget: ByteBudget },
  take: ByteBudget['take'] = budget.take,
): { request: DownloadRequest; share: ByteShare } {
  const known = url ?? '';
  let share: ByteShare | undefined;
  return {
    request: {
      url: known,
      accountSid,
      messageSid,
      mediaSid: known.slice(-sid.length),
      toPath,
      async admit(declared, waiting) {
        share = await take(declared, waiting);
        await onDisk(blobs.checkRoomFor(budget.unwritten()));
      },
      signal,
    },
    share: {
      written: (bytes) => share?.written(bytes),
      release: () => share?.release(),
    },
  };
}
