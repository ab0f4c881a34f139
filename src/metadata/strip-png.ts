import { crc32 } from 'node:zlib';
import type { EditPlan } from '../files/edit-plan.ts';
import type { ByteReader } from './byte-reader.ts';
import { orientationOf, orientationOnly } from './exif-orientation.ts';
import { createPieceList } from './piece-list.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Length, type and checksum. */
const OVERHEAD = 12;
const MAX_EXIF_BYTES = 1024 ** 2;

/** Chunks that say what the pixels are, and how they look [W3C PNG, 11]; `CgBI` is of Apple's variant. */
const KEPT = new Set([
  ...['CgBI', 'IHDR', 'PLTE', 'IDAT', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'mDCV'],
  ...['cLLI', 'mDCv', 'cLLi', 'sBIT', 'bKGD', 'pHYs', 'acTL', 'fcTL', 'fdAT'],
]);

/**
 * Keeps the chunks that change how the picture looks, and of its EXIF the orientation. Texts, times, unknown chunks
 * and what follows the last chunk are left out.
 *
 * @throws UnstrippableError
 */
export async function stripPng(reader: ByteReader): Promise<EditPlan> {
  const list = createPieceList(reader);
  if (!(await reader.read(0, SIGNATURE.length)).equals(SIGNATURE)) throw reader.damagedAt(0);
  list.keep(0, SIGNATURE.length);
  for (let at = SIGNATURE.length; ; ) {
    const head = await reader.read(at, 8);
    const length = head.readUInt32BE(0);
    const type = head.toString('latin1', 4);
    const end = at + OVERHEAD + length;
    if (end > reader.byteSize) throw reader.damagedAt(at);
    if (type === 'IEND') {
      list.write(chunk('IEND', Buffer.alloc(0)));
      return list.plan();
    }
    if (KEPT.has(type)) {
      list.keep(at, end - at);
    } else if (type === 'eXIf' && length <= MAX_EXIF_BYTES) {
      const orientation = orientationOf(await reader.read(at + 8, length));
      if (orientation !== null) list.write(chunk('eXIf', orientationOnly(orientation)));
    } else if (isCritical(head)) {
      // Without it the picture cannot be decoded, and what it has is unknown.
      throw reader.damagedAt(at);
    }
    at = end;
  }
}

/** The first letter of the type is upper case [W3C PNG, 5.4]. */
function isCritical(head: Buffer): boolean {
  return (head.readUInt8(4) & 0x20) === 0;
}

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(OVERHEAD + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}
