import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../errors/app-error.ts';
import { unlessGone } from '../../errors/caught.ts';
import { NAME, REJECTED, UNFINISHED_NAME } from './spool-file.ts';

/** What is in the folder of a spool that is not open here. */
export interface SpoolContents {
  /** Messages that wait for the database. */
  waiting: number;
  /** Messages that the database has refused. */
  setAside: number;
  /** When the oldest waiting message was written; null when none waits. */
  oldest: Date | null;
}

/**
 * Counts what is in the folder of a spool. Changes nothing.
 *
 * @returns undefined when there is no such folder
 * @throws AppError `invalid_request` when the folder has something else in it; ErrnoException when it cannot be read
 */
export async function inspectSpool(folder: string): Promise<SpoolContents | undefined> {
  const names = await unlessGone(readdir(folder));
  if (names === undefined) return undefined;
  const foreign = names.find(
    (name) => name !== REJECTED && !NAME.test(name) && !UNFINISHED_NAME.test(name),
  );
  if (foreign !== undefined) {
    throw new AppError(
      'invalid_request',
      `${folder} is not the spool of a receiver: ${foreign} is in it. A spool is the folder "spool" in a DATA_DIR.`,
    );
  }
  const waiting = names.filter((name) => NAME.test(name));
  const times: number[] = [];
  for (const name of waiting) {
    const info = await unlessGone(stat(join(folder, name)));
    if (info !== undefined) times.push(info.mtimeMs);
  }
  const setAside = ((await unlessGone(readdir(join(folder, REJECTED)))) ?? []).filter((name) =>
    NAME.test(name),
  );
  const oldest = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
  return {
    waiting: times.length,
    setAside: setAside.length,
    oldest: times.length === 0 ? null : new Date(oldest),
  };
}
