import type { WriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { createProgressBar } from './progress-bar.ts';

/**
 * Creates the file before the archive is requested, and removes it when it could not be written completely. It never
 * removes a file that existed before.
 */
export async function writeNew(path: string, write: (target: WriteStream) => Promise<void>) {
  const file = await open(path, 'wx', 0o600);
  try {
    await write(file.createWriteStream());
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/**
 * Saves the body of an answer, with a progress bar.
 *
 * @param total bytes, at least approximately
 */
export async function saveBody({ body }: Response, target: Writable, total: number): Promise<void> {
  const bar = createProgressBar('{bar} {percentage} % | {value}/{total} bytes');
  bar.start(Math.max(1, total), 0);
  let written = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      written += chunk.length;
      bar.update(Math.min(written, bar.getTotal()));
      done(null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(body as ReadableStream), counted, target);
  } finally {
    bar.stop();
  }
}
