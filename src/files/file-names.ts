import { randomBytes } from 'node:crypto';

const WRITER = /-([0-9a-f]{12})-[0-9a-f]{12}(?:-[a-z]+\.[a-z0-9]+)?$/;

/** An id for a process as a writer of files: 12 hexadecimal digits. */
export function newWriterId(): string {
  return randomBytes(6).toString('hex');
}

/** A name that no other file has, beginning with its owner, and telling which process wrote it. */
export function newFileName(owner: string, writerId: string): string {
  return `${owner}-${writerId}-${randomBytes(6).toString('hex')}`;
}

/** The writer that a name tells, also with a preview's size at its end; null when it tells none. */
export function writerOf(name: string): string | null {
  return WRITER.exec(name)?.[1] ?? null;
}
