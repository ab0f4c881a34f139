import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { onDisk } from '../disk-error.ts';
import { DownloadError } from './download-error.ts';

// Chunks are 64 KiB at the most: each written by itself would cost more in turns of threads than in
// writing.
const BYTES_A_WRITE = 1024 ** 2;

/**
 * Writes a body to a new file, hashing and counting on the way, and syncs it to disk.
 *
 * At most 1 MiB and one chunk are held: then no chunk is asked for until they are written. On any
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
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of body) {
    byteSize += chunk.byteLength;
    if (byteSize > maxBytes) throw tooLarge(maxBytes);
    hash.update(chunk);
    held.push(chunk);
    heldBytes += chunk.byteLength;
    if (heldBytes < BYTES_A_WRITE) continue;
    await writeAll(file, held);
    held = [];
    heldBytes = 0;
  }
  if (byteSize === 0) throw new DownloadError('empty', 'The file came without a single byte');
  await writeAll(file, held);
  return { sha256: hash.digest('hex'), byteSize };
}

async function writeAll(file: FileHandle, chunks: Uint8Array[]): Promise<void> {
  const { bytesWritten } = await onDisk(file.writev(chunks));
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  if (bytesWritten === bytes) return;
  // A disk that is nearly full takes a part; trying the rest says why.
  await onDisk(file.writeFile(Buffer.concat(chunks).subarray(bytesWritten)));
}

/** The error for a body over the limit, announced or counted. `maxBytes` in bytes. */
export function tooLarge(maxBytes: number): DownloadError {
  return new DownloadError('too-large', `The file is larger than the limit of ${maxBytes} bytes`);
}

const MIN_BYTES_A_SECOND = 1024;

/**
 * Passes a body on, as long as it arrives at 1 KiB a second at least: one byte a second would never
 * fall silent, and keep others waiting for as long as a download may take. Only the time counts in
 * which the next piece is waited for: what our own disk takes is not the sender's fault.
 *
 * @param windowMs how long a stretch of waiting is looked at
 * @param stop ends the transfer, for the reason it is given
 */
export async function* keepPace(
  body: AsyncIterable<Uint8Array>,
  windowMs: number,
  stop: (reason: DownloadError) => void,
): AsyncGenerator<Uint8Array> {
  const least = (MIN_BYTES_A_SECOND * windowMs) / 1000;
  let bytes = 0;
  let waitedMs = 0;
  let waitingSince = 0;
  let timer: NodeJS.Timeout | undefined;

  function wait(): void {
    waitingSince = performance.now();
    timer = setTimeout(judge, windowMs - waitedMs);
  }

  function endWait(): void {
    clearTimeout(timer);
    waitedMs += performance.now() - waitingSince;
  }

  function judge(): void {
    if (bytes < least) {
      const message = 'The file arrived too slowly: less than 1 KiB a second';
      stop(new DownloadError('too-slow', message));
    }
    bytes = 0;
    waitedMs = 0;
    wait();
  }

  wait();
  try {
    for await (const chunk of body) {
      endWait();
      bytes += chunk.byteLength;
      yield chunk;
      wait();
    }
  } finally {
    clearTimeout(timer);
  }
}
