// The orientation of a picture in EXIF, which is a TIFF without pixels [CIPA DC-008, 4.5 and 4.6.4].

const TAG_ORIENTATION = 0x0112;
const TYPE_SHORT = 3;
const ENTRY_BYTES = 12;
const PREFIX = Buffer.from('Exif\0\0', 'latin1');
/** As it is stored. */
const UPRIGHT = 1;

/**
 * How a picture is to be turned, from 2 to 8; null when it is upright, or EXIF does not say.
 *
 * @param exif with or without the `Exif` of a JPEG before it; nothing in it can be trusted
 */
export function orientationOf(exif: Buffer): number | null {
  const tiff = exif.subarray(0, PREFIX.length).equals(PREFIX) ? exif.subarray(6) : exif;
  if (tiff.length < 14) return null;
  const mark = tiff.toString('latin1', 0, 2);
  if (mark !== 'II' && mark !== 'MM') return null;
  const isLittle = mark === 'II';
  const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (directory + 2 > tiff.length) return null;
  const end = Math.min(directory + 2 + short(directory) * ENTRY_BYTES, tiff.length);
  for (let at = directory + 2; at + ENTRY_BYTES <= end; at += ENTRY_BYTES) {
    if (short(at) !== TAG_ORIENTATION || short(at + 2) !== TYPE_SHORT) continue;
    const orientation = short(at + 8);
    return orientation > UPRIGHT && orientation <= 8 ? orientation : null;
  }
  return null;
}

/** EXIF that says how to turn the picture, and nothing else. */
export function orientationOnly(orientation: number): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write('MM\0*', 0, 'latin1');
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(TAG_ORIENTATION, 10);
  tiff.writeUInt16BE(TYPE_SHORT, 12);
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt16BE(orientation, 18);
  return tiff;
}
