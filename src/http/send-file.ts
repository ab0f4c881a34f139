import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';

/** Bytes from `start` to `end`, both included, counted from 0. */
export interface ByteRange {
  start: number;
  end: number;
}

/** The stream was closed, or its connection broke, before all was written: nobody reads any more. */
export class ReaderGone extends Error {
  constructor(options?: ErrorOptions) {
    super('The reader went before the end', options);
    this.name = 'ReaderGone';
  }
}

/**
 * Writes a part of a file to a stream and ends it. The stream has to be done with a piece when it
 * calls back, as a response on its socket is.
 *
 * @throws ReaderGone; anything else when the file cannot be read or is too short
 */
type SendFile = (path: string, range: ByteRange, target: Writable) => Promise<void>;

// In one piece most of what carriers let through in an MMS.
const BUFFER_BYTES = 320 * 1024;
const KEPT_BUFFERS = 16;

/**
 * Reads into buffers that are used again, up to 5 MiB of them. A file stream takes a new one for
 * every 64 KiB, and at full speed that memory made the engine collect the whole heap several times a
 * second, at more cost than the sending itself (docs/performance.md).
 */
export function createSendFile(): SendFile {
  const free: Buffer[] = [];

  return async (path, { start, end }, target) => {
    const file = await open(path);
    try {
      const buffer = free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
      for (let position = start; position <= end; ) {
        const wanted = Math.min(buffer.length, end + 1 - position);
        const { bytesRead } = await file.read(buffer, 0, wanted, position);
        if (bytesRead === 0) throw new Error(`The file ends at ${position}, before ${end}`);
        await write(target, buffer.subarray(0, bytesRead));
        position += bytesRead;
      }
      target.end();
      // Not after a failure: somebody may still be reading from it.
      if (free.length < KEPT_BUFFERS) free.push(buffer);
    } finally {
      await file.close();
    }
  };
}

/** Resolves when the operating system has the bytes, so that their buffer may be used again. */
function write(target: Writable, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new ReaderGone());
    if (target.destroyed) return onClose();
    // One that is closed meanwhile does not always call back.
    target.once('close', onClose);
    target.write(bytes, (error) => {
      target.off('close', onClose);
      if (error) reject(new ReaderGone({ cause: error }));
      else resolve();
    });
  });
}
