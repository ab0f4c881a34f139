import type { ByteReader } from '../byte-reader.ts';

// Boxes, of which MP4, QuickTime, HEIF and AVIF files are made [ISO/IEC 14496-12, 4.2].

/** Positions in the file, in bytes. */
export interface Box {
  type: string;
  at: number;
  /** Where its content begins, after its header. */
  body: number;
  end: number;
}

/** From `start` up to `end`, which is not part of it. */
export interface Span {
  start: number;
  end: number;
}

/**
 * Reads the header of a box.
 *
 * @param end of what contains it
 * @param isLast whether a size of 0 means that it takes the rest, as it does in the file itself
 * @returns null when there is none that ends within what contains it
 */
export async function findHeader(
  reader: ByteReader,
  at: number,
  end: number,
  isLast = false,
): Promise<Box | null> {
  if (end - at < 8) return null;
  const header = await reader.read(at, Math.min(16, end - at));
  const type = header.toString('latin1', 4, 8);
  let length = header.readUInt32BE(0);
  let headerBytes = 8;
  if (length === 1 && header.length === 16) {
    length = Number(header.readBigUInt64BE(8));
    headerBytes = 16;
  } else if (length === 0 && isLast) {
    length = end - at;
  }
  const isInside = length >= headerBytes && length <= end - at;
  return isInside ? { type, at, body: at + headerBytes, end: at + length } : null;
}

/** @throws UnstrippableError when there is none that ends within what contains it */
export async function readBox(reader: ByteReader, at: number, end: number): Promise<Box> {
  const box = await findHeader(reader, at, end);
  if (box === null) throw reader.damagedAt(at);
  return box;
}

/** All boxes of a content that consists of boxes. */
export async function* boxesWithin(reader: ByteReader, { start, end }: Span): AsyncGenerator<Box> {
  for (let at = start; at < end; ) {
    const box = await readBox(reader, at, end);
    yield box;
    at = box.end;
  }
}

/** The first box at the end of a path of boxes; null without one. */
export async function findBox(
  reader: ByteReader,
  parent: Box,
  ...path: string[]
): Promise<Box | null> {
  const [wanted, ...rest] = path;
  if (wanted === undefined) return parent;
  for await (const box of boxesWithin(reader, { start: parent.body, end: parent.end })) {
    if (box.type === wanted) return findBox(reader, box, ...rest);
  }
  return null;
}
