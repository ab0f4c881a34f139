import { open } from 'node:fs/promises';

// Tags of the first directory [TIFF 6.0, section 8; ExtraSamples on page 31].
export const TIFF_TAG = {
  bitsPerSample: 258,
  photometric: 262,
  samplesPerPixel: 277,
  extraSamples: 338,
} as const;

const SHORT = 3;
const LONG = 4;
const MOST_ENTRIES = 512;
const MOST_VALUES = 64;

/**
 * Reads the whole numbers in the first directory of a TIFF file, or of a BigTIFF.
 *
 * @returns values by tag; nothing where there is no directory
 * @throws the file system's error when the file cannot be opened
 */
export async function readTiffTags(path: string): Promise<Map<number, number[]>> {
  const file = await open(path, 'r');
  try {
    return await readTags(async (at, length) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    });
  } catch (error) {
    if (error instanceof RangeError) return new Map();
    throw error;
  } finally {
    await file.close();
  }
}

type Read = (at: number, length: number) => Promise<Buffer>;

async function readTags(read: Read): Promise<Map<number, number[]>> {
  const head = await read(0, 16);
  const isLittle = head.toString('latin1', 0, 2) === 'II';
  const number = (bytes: Buffer, at: number, size: number) => {
    if (size < 8) return isLittle ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size);
    return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  };
  const isBig = number(head, 2, 2) === 43;
  const wide = isBig ? 8 : 4;
  const countBytes = isBig ? 8 : 2;
  const entryBytes = isBig ? 20 : 12;
  const directory = number(head, isBig ? 8 : 4, wide);
  const count = Math.min(number(await read(directory, countBytes), 0, countBytes), MOST_ENTRIES);
  const entries = await read(directory + countBytes, count * entryBytes);
  const tags = new Map<number, number[]>();
  for (let at = 0; at + entryBytes <= entries.length; at += entryBytes) {
    const size = { [SHORT]: 2, [LONG]: 4 }[number(entries, at + 2, 2)];
    if (size === undefined) continue;
    const values = Math.min(number(entries, at + 4, wide), MOST_VALUES);
    const valueAt = at + 4 + wide;
    const bytes =
      values * size <= wide
        ? entries.subarray(valueAt, valueAt + wide)
        : await read(number(entries, valueAt, wide), values * size);
    const found = Array.from({ length: values }, (_, n) => number(bytes, n * size, size));
    tags.set(number(entries, at, 2), found);
  }
  return tags;
}
