import type { WriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { AppError } from '../errors/app-error.ts';
import { codeOf } from '../errors/caught.ts';
import { Interrupted } from './exit-codes.ts';
import { interruptible } from './interruptible.ts';
import { createProgressBar } from './progress-bar.ts';

/**
 * Creates the file before the archive is requested, and removes it when it could not be written completely. It never
 * removes a file that existed before.
 *
 * @throws Interrupted after Ctrl-C; AppError `conflict` when the file exists
 */
export async function writeNew(
  path: string,
  write: (target: WriteStream, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error) => {
    throw codeOf(error) === 'EEXIST' ? existsAlready(path) : error;
  });
  await interruptible(async (signal) => {
    try {
      await write(file.createWriteStream(), signal);
    } catch (error) {
      await rm(path, { force: true });
      throw signal.aborted ? notWhole() : error;
    } finally {
      await file.close();
    }
  });
}

export function existsAlready(path: string): AppError {
  return new AppError('conflict', `${path} exists already: name a new file.`);
}

/** An archive is made anew by each request. */
export function notWhole(): Interrupted {
  return new Interrupted(
    'Stopped before the end. An archive cannot be continued, so nothing is kept of it: run the same command again.',
  );
}

/**
 * Saves the body of an answer, with a progress bar.
 *
 * @param total bytes, at least approximately
 */
export async function saveBody(
  { body }: Response,
  target: Writable,
  { total, signal }: { total: number; signal: AbortSignal },
): Promise<void> {
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
    await pipeline(Readable.fromWeb(body as ReadableStream), counted, target, { signal });
  } finally {
    bar.stop();
  }
}
