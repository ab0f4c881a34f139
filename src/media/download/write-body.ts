import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { onDisk } from './disk-error.ts';
import { DownloadError } from './download-error.ts';

/**
 * Writes a body to a new file, hashing and counting on the way, and syncs it to disk.
 *
 * The next chunk is asked for only when the last is written, so one chunk is held at a time. On any
 * failure the file is removed; a file that was there before is left alone.
 *
 * @param toPath must not exist yet; made with mode 0600
 * @param maxBytes the most bytes the body may have
 * @returns the SHA-256 in hex and the size in bytes
 * @throws DownloadError `too-large`, `empty`, `disk-full`, `disk-error`; the body's own errors as
 *   they are
 */
export async function writeBody(
  body: AsyncIterable<Uint8Array>,
  toPath: string,
  maxBytes: number,
): Promise<{ sha256: string; byteSize: number }> {
  const file = await onDisk(open(toPath, 'wx', 0o600));
  try {
    const written = await copy(body, file, maxBytes);
    await onDisk(file.sync());
    await onDisk(file.close());
    return written;
  } catch (error) {
    // The first failure is the one to report: these two only tidy up behind it.
    await file.close().catch(() => undefined);
    await rm(toPath, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function copy(
  body: AsyncIterable<Uint8Array>,
  file: FileHandle,
  maxBytes: number,
): Promise<{ sha256: string; byteSize: number }> {
  const hash = createHash('sha256');
  let byteSize = 0;
  for await (const chunk of body) {
    byteSize += chunk.byteLength;
    if (byteSize > maxBytes) throw tooLarge(maxBytes);
    hash.update(chunk);
    await onDisk(file.writeFile(chunk));
  }
  if (byteSize === 0) throw new DownloadError('empty', 'The file came without a single byte');
  return { sha256: hash.digest('hex'), byteSize };
}

/** The error for a body over the limit, announced or counted. `maxBytes` in bytes. */
export function tooLarge(maxBytes: number): DownloadError {
  return new DownloadError('too-large', `The file is larger than the limit of ${maxBytes} bytes`);
}
