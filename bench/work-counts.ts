import { readFile } from 'node:fs/promises';

/** What count-work.ts writes for each. */
export const WORK_MARKS = {
  fileSync: 'f',
  databaseSync: 'd',
  statement: 's',
  /** A transaction that writes, or one statement that does. */
  commit: 'c',
  /** One that only reads: nothing is written to the log for it. */
  reading: 'r',
} as const;

/** How often each was counted. */
export type WorkCounts = Record<keyof typeof WORK_MARKS, number>;

/** What a file of marks holds; nothing without a file. */
export async function readWorkCounts(path: string): Promise<WorkCounts> {
  const marks = await readFile(path, 'latin1');
  const of = (mark: string) => marks.split(mark).length - 1;
  return {
    fileSync: of(WORK_MARKS.fileSync),
    databaseSync: of(WORK_MARKS.databaseSync),
    statement: of(WORK_MARKS.statement),
    commit: of(WORK_MARKS.commit),
    reading: of(WORK_MARKS.reading),
  };
}
