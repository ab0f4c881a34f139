import { readFile } from 'node:fs/promises';
import { pictureTime } from '../preview/kinds/exif-facts.ts';

/** When something was received, and how that is known. */
export interface ImportTime {
  /** Undefined: the moment of the import. */
  time: Date | undefined;
  source: 'option' | 'camera' | 'file' | 'now';
}

// As the API takes it: before there was MMS a time is a mistake, and none is in the future.
const EARLIEST = Date.parse('2000-01-01T00:00:00Z');
/** Pictures are smaller; a video that is named as one is not read into memory. */
const MAX_PICTURE_BYTES = 64 * 1024 ** 2;

/**
 * When a file was received: when its picture was taken, by its EXIF block, otherwise when the file was changed last.
 * A time before 2000 or in the future is of a clock that was not set, and is passed over. A time without a zone is in
 * that of this machine.
 *
 * @throws the file system's error when it cannot be read
 */
export async function importTimeOf(
  path: string,
  file: { contentType: string; byteSize: number; changedAt: Date },
): Promise<ImportTime> {
  const { contentType, byteSize, changedAt } = file;
  if (contentType.startsWith('image/') && byteSize <= MAX_PICTURE_BYTES) {
    const takenAt = pictureTime(await readFile(path));
    const time = takenAt === undefined ? undefined : new Date(takenAt);
    if (isPossible(time)) return { time, source: 'camera' };
  }
  if (isPossible(changedAt)) return { time: changedAt, source: 'file' };
  return { time: undefined, source: 'now' };
}

function isPossible(time: Date | undefined): boolean {
  const milliseconds = time?.getTime() ?? Number.NaN;
  return milliseconds >= EARLIEST && milliseconds <= Date.now();
}
