import { statfs } from 'node:fs/promises';

/**
 * Bytes that files of media leave free on their disk: what commonly lies there, too, has to go on, that
 * is, the database (which takes 16 MiB at a time) and the spool.
 */
export const RESERVED_BYTES = 64 * 1024 ** 2;

/** What a user without privileges can still write to the disk of a folder, in bytes. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** @throws ErrnoException ENOSPC when less than so many bytes are free */
export async function requireRoom(folder: string, bytes: number): Promise<void> {
  if ((await freeBytes(folder)) >= bytes) return;
  throw Object.assign(new Error('There is not enough room left on the disk'), { code: 'ENOSPC' });
}
