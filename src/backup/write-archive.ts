import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import { SEAL } from './archive-format.ts';

/** Adds a member. @returns the SHA-256 of its bytes */
export type AddMember = (
  name: string,
  size: number,
  bytes: AsyncIterable<Uint8Array>,
) => Promise<string>;

/** What writes the members of an archive, one after the other. */
export interface ArchiveWriter {
  add: AddMember;
  addFolder(name: string): Promise<void>;
}

// Two empty blocks [POSIX pax, end of archive].
const END_BYTES = 1024;
/** The length of what `sealOf` returns. */
export const SEAL_BYTES = 512 + 512 + END_BYTES;

/**
 * Writes a tar archive and ends the stream. Nothing is buffered: members are read as fast as the target is written.
 * Its last member has the SHA-256 of every byte before it, so that any cut or change is found.
 *
 * @param fill adds the members
 * @throws what `fill` throws, or the error of the target, which is destroyed
 */
export async function writeArchive(
  target: Writable,
  modifiedAt: Date,
  fill: (writer: ArchiveWriter) => Promise<void>,
): Promise<void> {
  const pack = tar.pack();
  const ending = new AbortController();
  const { signal } = ending;
  const common = { mtime: modifiedAt, uid: 0, gid: 0 };
  /** tar-stream calls nobody back once the archive is destroyed. */
  function endOfMember() {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => undefined);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    return { promise, done: (error?: Error | null) => (error ? reject(error) : resolve()) };
  }

  const writer: ArchiveWriter = {
    async add(name, size, bytes) {
      const hash = createHash('sha256');
      const ended = endOfMember();
      const entry = pack.entry({ ...common, name, size, mode: 0o600 }, ended.done);
      // It is destroyed with the archive, at any moment: without a listener that would end the process.
      entry.on('error', ended.done);
      for await (const chunk of bytes) {
        hash.update(chunk);
        // Rejects when the target is closed while it is full.
        if (!entry.write(chunk)) await once(entry, 'drain', { signal });
      }
      entry.end(null);
      await ended.promise;
      return hash.digest('hex');
    },
    addFolder(name) {
      const ended = endOfMember();
      pack.entry({ ...common, name, type: 'directory', mode: 0o700 }, ended.done);
      return ended.promise;
    },
  };
  const filled = fill(writer).then(
    () => pack.finalize(),
    (error) => pack.destroy(error),
  );
  try {
    await pipeline(sealed(Readable.from(pack)), target);
  } finally {
    ending.abort();
    pack.destroy();
    await filled;
  }
}

/** Replaces the end of an archive by its seal, which has an end of its own. */
async function* sealed(archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let held = Buffer.alloc(0);
  for await (const chunk of archive) {
    const all = Buffer.concat([held, chunk]);
    const ready = all.subarray(0, Math.max(0, all.length - END_BYTES));
    held = all.subarray(ready.length);
    if (ready.length === 0) continue;
    hash.update(ready);
    yield ready;
  }
  yield await sealOf(hash.digest('hex'));
}

/** The last bytes of an archive. @param sha256 of the bytes before them */
export async function sealOf(sha256: string): Promise<Buffer> {
  const pack = tar.pack();
  pack.entry({ name: SEAL, mode: 0o600, mtime: new Date(0), uid: 0, gid: 0 }, `${sha256}\n`);
  pack.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of Readable.from(pack)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
