import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { ArchiveWriter } from './write-archive.ts';

/** Collects the SHA-256 of members in a file, as sha256sum writes it: there may be a million of them. */
export async function createMemberSums(path: string) {
  const lines = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  await once(lines, 'open');
  // Rejects when the disk is full, for instance.
  const ended = finished(lines);
  ended.catch(() => undefined);
  return {
    /** A writer whose members are collected. */
    counting: (writer: ArchiveWriter): ArchiveWriter => ({
      ...writer,
      async add(name, size, bytes) {
        const sha256 = await writer.add(name, size, bytes);
        const isFull = !lines.write(`${sha256}  ${name}\n`);
        if (isFull) await Promise.race([once(lines, 'drain'), ended]);
        return sha256;
      },
    }),
    /** @throws ErrnoException when the file is not complete */
    async close(): Promise<void> {
      lines.end();
      await ended;
    },
  };
}
