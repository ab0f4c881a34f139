import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { onDisk } from '../disk-error.ts';
import { DownloadError } from './download-error.ts';

// Chunks are at most 64 KiB: one write per chunk would cost more in thread-pool round trips than in
// writing.
const BYTES_A_WRITE = 1024 ** 2;

export interface WrittenBody {
  sha256: string;
  byteSize: number;
  /** Null when the file is larger. */
  content: Uint8Array | null;
}

/**
 * Writes a body to a new file, hashing and counting its bytes, and syncs it to disk.
 *
 * At most 1 MiB and one chunk are buffered: then no chunk is requested until they are written. On any
 * failure the file is removed; a file that existed before is not touched.
 *
 * @param toPath must not exist yet; made with mode 0600
 * @param maxBytes the most bytes the body may have
 * @returns the SHA-256 in hex, the size in bytes and, of a file of at most 1 MiB, its content
 * @throws DownloadError `too-large`, `empty`, `disk-full`, `disk-error`; errors of the body pass
 *   unchanged
 */
export async function writeBody(
  body: AsyncIterable<Uint8Array>,
  toPath: string,
  maxBytes: number,
): Promise<WrittenBody> {
  const file = await onDisk(open(toPath, 'wx', 0o600));
  try {
    const written = await copy(body, file, maxBytes);
    await onDisk(file.sync());
    await onDisk(file.close());
    return written;
  } catch (error) {
    // Only the first failure is reported; these two calls clean up.
    await file.close().catch(() => undefined);
    await rm(toPath, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function copy(
  body: AsyncIterable<Uint8Array>,
  file: FileHandle,
  maxBytes: number,
): Promise<WrittenBody> {
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
  const content = heldBytes === byteSize ? Buffer.concat(held) : null;
  return { sha256: hash.digest('hex'), byteSize, content };
}

async function writeAll(file: FileHandle, chunks: Uint8Array[]): Promise<void> {
  const { bytesWritten } = await onDisk(file.writev(chunks));
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  if (bytesWritten === bytes) return;
  // A nearly full disk accepts only part of the data; writing the rest throws the actual error.
  await onDisk(file.writeFile(Buffer.concat(chunks).subarray(bytesWritten)));
}

/** The error for a body over the limit, by its `Content-Length` or as counted. `maxBytes` in bytes. */
export function tooLarge(maxBytes: number): DownloadError {
  return new DownloadError('too-large', `The file is larger than the limit of ${maxBytes} bytes`);
}

const MIN_BYTES_A_SECOND = 1024;

/**
 * Passes a body through as long as it arrives at 1 KiB a second or more: a body of one byte a second
 * would never hit the idle timeout, and would block other downloads until the total timeout. Only the
 * time spent waiting for the next chunk counts, not the time that our own disk takes.
 *
 * @param windowMs how much waiting time each measurement covers
 * @param stop aborts the transfer with the given reason
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
    timer = setTimeout(checkPace, windowMs - waitedMs);
  }

  function endWait(): void {
    clearTimeout(timer);
    waitedMs += performance.now() - waitingSince;
  }

  function checkPace(): void {
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
