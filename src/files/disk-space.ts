import { statfs } from 'node:fs/promises';

/**
 * Bytes that attachments leave free on their disk, for the database (which takes 16 MiB at a time) and the
 * spool, which usually share it and have to keep working.
 */
export const RESERVED_BYTES = 64 * 1024 ** 2;

/** How many bytes an unprivileged user can still write to the disk of a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** @throws ErrnoException ENOSPC when fewer bytes are free */
export async function requireRoom(folder: string, bytes: number): Promise<void> {
  if ((await freeBytes(folder)) >= bytes) return;
  throw Object.assign(new Error('There is not enough space left on the disk'), { code: 'ENOSPC' });
}
