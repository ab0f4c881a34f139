import { setImmediate } from 'node:timers/promises';

/** Why the metadata of a file cannot be removed. The message is for people, without a full stop. */
export class UnstrippableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnstrippableError';
  }
}

/** Reads an untrusted file by positions. What it can cost is limited, however the file is nested. */
export interface ByteReader {
  /** Of the file. */
  readonly byteSize: number;
  /**
   * Bytes of the file, as a view that stays valid.
   *
   * @throws UnstrippableError when the file ends before them
   */
  read(position: number, length: number): Promise<Buffer>;
  /** What is at hand from a position on: at least `least` bytes, unless the file ends before. */
  readSome(position: number, least: number): Promise<Buffer>;
  damagedAt(position: number): UnstrippableError;
  tooManyParts(): UnstrippableError;
}

const WINDOW_BYTES = 128 * 1024;
/** Each part of a file takes a read or two: a video of two hours has some ten thousand. */
const MAX_READS = 500_000;
/** Others wait for so many reads at most: those within the window would never let them in. */
const READS_AT_A_TIME = 2_000;

/**
 * @param format its name, for people
 * @param load reads bytes that are in the file
 */
export function createByteReader(
  format: string,
  byteSize: number,
  load: (position: number, length: number) => Promise<Buffer>,
): ByteReader {
  let window: { start: number; bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) };
  let reads = 0;

  const damagedAt = (position: number) =>
    new UnstrippableError(`The structure of the ${format} is damaged at byte ${position}`);
  const tooManyParts = () => new UnstrippableError(`The ${format} has too many parts`);

  /** Moves the window, so that it has `least` bytes from a position on. */
  async function cover(position: number, least: number): Promise<number> {
    reads += 1;
    if (reads > MAX_READS) throw tooManyParts();
    if (reads % READS_AT_A_TIME === 0) await setImmediate();
    const at = position - window.start;
    if (at >= 0 && at + least <= window.bytes.length) return at;
    const length = Math.min(Math.max(least, WINDOW_BYTES), byteSize - position);
    window = { start: position, bytes: await load(position, length) };
    // The file is shorter than when it was stored.
    if (window.bytes.length < least) throw damagedAt(position + window.bytes.length);
    return 0;
  }

  return {
    byteSize,
    async read(position, length) {
      const isInside = position >= 0 && length >= 0 && position + length <= byteSize;
      if (!isInside) throw damagedAt(Math.max(0, Math.min(position, byteSize)));
      const at = await cover(position, length);
      return window.bytes.subarray(at, at + length);
    },
    async readSome(position, least) {
      if (position >= byteSize) return Buffer.alloc(0);
      const at = await cover(position, Math.min(least, byteSize - position));
      return window.bytes.subarray(at);
    },
    damagedAt,
    tooManyParts,
  };
}
