import { type FileHandle, open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { lengthOf, type Piece } from '../files/edit-plan.ts';

/** The stream was closed, or its connection broke, before everything was written. */
export class ClientDisconnected extends Error {
  constructor(options?: ErrorOptions) {
    super('The client disconnected before the end', options);
    this.name = 'ClientDisconnected';
  }
}

/**
 * Writes pieces of a file to a stream and ends the stream. Buffers are reused once the write callback is
 * called, so the stream must not need a chunk after that; an HTTP response does not.
 *
 * @throws ClientDisconnected; anything else when the file cannot be read or is too short
 */
type SendFile = (path: string, pieces: Iterable<Piece>, target: Writable) => Promise<void>;

// One buffer holds most MMS attachments, given the size limits of carriers.
const BUFFER_BYTES = 320 * 1024;
const KEPT_BUFFERS = 16;

/**
 * Reads into reusable buffers, up to 5 MiB in total. A file stream allocates a new one for every 64 KiB; at
 * full speed that caused several full garbage collections a second, which cost more than the sending itself
 * (docs/performance.md).
 */
export function createSendFile(): SendFile {
  const free: Buffer[] = [];

  return async (path, pieces, target) => {
    const file = await open(path);
    try {
      const buffer = free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
      let filled = 0;
      for (const piece of pieces) {
        const length = lengthOf(piece);
        for (let done = 0; done < length; ) {
          const room = buffer.subarray(filled, filled + length - done);
          const added = await fill(room, file, piece, done);
          filled += added;
          done += added;
          if (filled < buffer.length) continue;
          await write(target, buffer);
          filled = 0;
        }
      }
      if (filled > 0) await write(target, buffer.subarray(0, filled));
      target.end();
      // Not after a failure: a pending write may still read from the buffer.
      if (free.length < KEPT_BUFFERS) free.push(buffer);
    } finally {
      await file.close();
    }
  };
}

/**
 * Copies bytes of a piece, those after the first `done`.
 *
 * @returns how many: at least one
 */
async function fill(room: Buffer, file: FileHandle, piece: Piece, done: number): Promise<number> {
  if ('bytes' in piece) return piece.bytes.copy(room, 0, done);
  if ('zeros' in piece) return room.fill(0).length;
  const position = piece.start + done;
  const { bytesRead } = await file.read(room, 0, room.length, position);
  if (bytesRead > 0) return bytesRead;
  throw new Error(`The file ends at ${position}, before ${piece.start + piece.length - 1}`);
}

/** Resolves when the operating system has the bytes, so that their buffer may be reused. */
function write(target: Writable, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new ClientDisconnected());
    if (target.destroyed) return onClose();
    // A stream that is closed during a write does not always call back.
    target.once('close', onClose);
    target.write(bytes, (error) => {
      target.off('close', onClose);
      if (error) reject(new ClientDisconnected({ cause: error }));
      else resolve();
    });
  });
}
