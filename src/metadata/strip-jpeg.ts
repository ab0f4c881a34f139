import type { EditPlan } from '../files/edit-plan.ts';
import type { ByteReader } from './byte-reader.ts';
import { orientationOf, orientationOnly } from './exif-orientation.ts';
import { createPieceList } from './piece-list.ts';

// The markers of JPEG [ITU-T T.81, table B.1].
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const TEM = 0x01;
/** Frame headers, tables and what else decoders need. JPG (0xc8) is reserved. */
const CODING = new Set([
  ...[0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf],
  ...[0xdb, 0xdc, 0xdd, 0xde, 0xdf],
]);
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const APP14 = 0xee;
/** Of a JFIF segment without its thumbnail [ITU-T T.871, 10.1], and of Adobe's. */
const JFIF_BYTES = 14;
const ADOBE_BYTES = 12;
const EXIF = Buffer.from('Exif\0\0', 'latin1');

/**
 * Keeps what is needed to decode the pixels, and to show them in the right colours and upright: coding segments and
 * scans, JFIF without a thumbnail, ICC profiles, Adobe's colour transform, and the orientation in an EXIF of its own.
 * Everything after the end of the picture is left out: other pictures (MPF), videos, trailers.
 *
 * @throws UnstrippableError
 */
export async function stripJpeg(reader: ByteReader): Promise<EditPlan> {
  const list = createPieceList(reader);
  const start = await reader.read(0, 2);
  if (start.readUInt16BE() !== 0xff00 + SOI) throw reader.damagedAt(0);
  list.keep(0, 2);
  let at = 2;
  let hasScan = false;
  let hasExif = false;
  for (;;) {
    const { position, code } = await findMarker(reader, at);
    if (code === SOI) throw reader.damagedAt(position);
    if (code === EOI) {
      if (!hasScan) throw reader.damagedAt(position);
      list.keep(position, 2);
      return list.plan();
    }
    if (code === TEM) {
      at = position + 2;
      continue;
    }
    const length = (await reader.read(position + 2, 2)).readUInt16BE();
    const end = position + 2 + length;
    if (length < 2 || end > reader.byteSize) throw reader.damagedAt(position);
    at = end;
    if (code === SOS) {
      at = (await findMarker(reader, end)).position;
      list.keep(position, at - position);
      hasScan = true;
    } else if (CODING.has(code)) {
      list.keep(position, end - position);
    } else if (code === APP1) {
      const body = await reader.read(position + 4, length - 2);
      // Decoders read the first one.
      if (hasExif || !body.subarray(0, EXIF.length).equals(EXIF)) continue;
      hasExif = true;
      const orientation = orientationOf(body);
      if (orientation === null) continue;
      list.write(segment(APP1, Buffer.concat([EXIF, orientationOnly(orientation)])));
    } else {
      const body = await reader.read(position + 4, Math.min(length - 2, JFIF_BYTES));
      const kept = keptBytes(code, body);
      if (kept === 'all') list.keep(position, end - position);
      else if (kept !== null) list.write(segment(code, kept));
    }
  }
}

/**
 * @param body the first bytes of an application segment
 * @returns what is written instead of its body; null to leave it out
 */
function keptBytes(code: number, body: Buffer): Buffer | 'all' | null {
  const begins = (name: string) => body.toString('latin1', 0, name.length) === name;
  if (code === APP0 && begins('JFIF\0') && body.length === JFIF_BYTES) {
    // The size of the thumbnail, 0 by 0.
    return Buffer.concat([body.subarray(0, JFIF_BYTES - 2), Buffer.alloc(2)]);
  }
  if (code === APP2 && begins('ICC_PROFILE\0')) return 'all';
  if (code === APP14 && begins('Adobe') && body.length >= ADOBE_BYTES) {
    return body.subarray(0, ADOBE_BYTES);
  }
  return null;
}

function segment(code: number, body: Buffer): Buffer {
  const head = Buffer.from([0xff, code, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/**
 * The next marker that begins a segment or ends the picture. Before it are coded pixels with stuffed zeros and
 * restart markers, fill bytes, or bytes that decoders skip.
 *
 * @returns where its 0xff is
 */
async function findMarker(
  reader: ByteReader,
  from: number,
): Promise<{ position: number; code: number }> {
  for (let at = from; ; ) {
    const bytes = await reader.readSome(at, 2);
    if (bytes.length < 2) throw reader.damagedAt(reader.byteSize);
    const last = bytes.length - 1;
    for (let n = bytes.indexOf(0xff); n !== -1 && n < last; n = bytes.indexOf(0xff, n + 1)) {
      const code = bytes.readUInt8(n + 1);
      const isRestart = code >= 0xd0 && code <= 0xd7;
      if (code !== 0 && code !== 0xff && !isRestart) return { position: at + n, code };
    }
    // The last byte may be the first half of a marker.
    at += last;
  }
}
