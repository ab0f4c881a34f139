import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { asError } from '../errors/caught.ts';

const CHUNK_BYTES = 256 * 1024;

/** A file whose size is announced before its bytes. */
export interface MemberFile {
  size: number;
  /** @throws ErrnoException; Error when the file is shorter by now; nothing when `isLenient` */
  bytes(): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens a file for an archive.
 *
 * @param isLenient whether what cannot be read is replaced by zeros, so that one damaged sector does not prevent backups
 * @throws ErrnoException ENOENT
 */
export async function openMember(path: string, isLenient: boolean): Promise<MemberFile> {
  const file = await open(path);
  const { size } = await file.stat();
  return {
    size,
    close: () => file.close(),
    async *bytes() {
      for (let position = 0; position < size; ) {
        const wanted = Math.min(CHUNK_BYTES, size - position);
        const chunk = Buffer.alloc(wanted);
        let length = wanted;
        try {
          const { bytesRead } = await file.read(chunk, 0, wanted, position);
          if (bytesRead === 0) throw new Error('The file became shorter while it was read');
          length = bytesRead;
        } catch (error) {
          if (!isLenient) throw asError(error);
        }
        yield chunk.subarray(0, length);
        position += length;
      }
    },
  };
}

/** The lines of a text file, one at a time. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const input = createReadStream(path);
  try {
    yield* createInterface({ input });
  } finally {
    input.destroy();
  }
}
