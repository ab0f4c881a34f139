import { statfs } from 'node:fs/promises';

/**
 * Bytes that attachments leave free on their disk, for the database (which takes 16 MiB at a time) and the
 * spool, which usually share it and have to keep working.
 */
export const RESERVED_BYTES = 64 * 1024 ** 2;

// What can be made again leaves this much to attachments: whichever is smaller, but not less than RESERVED_BYTES.
const SPARE_BYTES = 2 * 1024 ** 3;
const SPARE_SHARE = 0.05;

/** Bytes that files which can be made again leave free on the disk of a folder. */
export async function spareBytes(folder: string): Promise<number> {
  const { blocks, bsize } = await statfs(folder);
  return Math.max(RESERVED_BYTES, Math.min(SPARE_BYTES, blocks * bsize * SPARE_SHARE));
}

/** How many bytes an unprivileged user can still write to the disk of a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** @throws ErrnoException ENOSPC when fewer bytes are free */
export async function requireRoom(folder: string, bytes: number): Promise<void> {
  if ((await freeBytes(folder)) >= bytes) return;
  // With a system call: commands show errors of the system without a stack.
  throw Object.assign(new Error('There is not enough space left on the disk'), {
    code: 'ENOSPC',
    syscall: 'statfs',
  });
}
