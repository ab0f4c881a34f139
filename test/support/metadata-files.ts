import { crc32 } from 'node:zlib';

// Metadata as phones and programs write them, put into real files.

/** What must not be left of a file without metadata. */
export const SERIAL = 'SN-4711-XYZZY';
const COMMENT = 'Seen from the kitchen of Ada';
// 52° 31' 14.33" N, 13° 24' 17.61" E
const LATITUDE = [
  [52, 1],
  [31, 1],
  [1433, 100],
] as const;
const LONGITUDE = [
  [13, 1],
  [24, 1],
  [1761, 100],
] as const;
const DECIMAL = '52.520647';
const THUMBNAIL = Buffer.from('the bytes of a thumbnail in the EXIF', 'latin1');

const rationals = (values: readonly (readonly [number, number])[], isLittle: boolean): Buffer => {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [n, number] of values.flat().entries()) {
    if (isLittle) bytes.writeUInt32LE(number, n * 4);
    else bytes.writeUInt32BE(number, n * 4);
  }
  return bytes;
};

/** Byte sequences that betray something: texts in ASCII and UTF-16, packed positions. */
export const NEEDLES: readonly Buffer[] = [
  ...[SERIAL, COMMENT, DECIMAL].flatMap((text) => [
    Buffer.from(text, 'latin1'),
    Buffer.from(text, 'utf16le'),
    Buffer.from(text, 'utf16le').swap16(),
  ]),
  ...[LATITUDE, LONGITUDE].flatMap((values) => [
    rationals(values, false),
    rationals(values, true),
    // The minutes and seconds alone, too.
    rationals(values, false).subarray(8),
    rationals(values, true).subarray(8),
  ]),
  THUMBNAIL,
];

/** How many of the needles are in a file. */
export function findNeedles(file: Buffer): number {
  return NEEDLES.filter((needle) => file.includes(needle)).length;
}

/** EXIF with an orientation, a serial number in three encodings, a position and a thumbnail. */
export function exif(orientation = 1): Buffer {
  const ascii = Buffer.from(`${SERIAL}\0`, 'latin1');
  const wide = Buffer.from(`${SERIAL} ${COMMENT}\0`, 'utf16le');
  const blocks: Buffer[] = [];
  // Two directories, of five entries and of four, after the header of 8 bytes.
  let end = 8 + (2 + 5 * 12 + 4) + (2 + 4 * 12 + 4);
  const place = (bytes: Buffer) => {
    blocks.push(bytes);
    end += bytes.length;
    return end - bytes.length;
  };
  const entry = (tag: number, type: number, count: number, value: number) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16BE(tag, 0);
    bytes.writeUInt16BE(type, 2);
    bytes.writeUInt32BE(count, 4);
    if (type === 3) bytes.writeUInt16BE(value, 8);
    else bytes.writeUInt32BE(value, 8);
    return bytes;
  };
  const main = [
    entry(0x0112, 3, 1, orientation),
    entry(0x8825, 4, 1, 8 + 2 + 5 * 12 + 4),
    entry(0x9c9c, 1, wide.length, place(wide)),
    entry(0xa431, 2, ascii.length, place(ascii)),
    entry(0xc62f, 7, THUMBNAIL.length, place(THUMBNAIL)),
  ];
  const gps = [
    entry(1, 2, 2, 0x4e000000),
    entry(2, 5, 3, place(rationals(LATITUDE, false))),
    entry(3, 2, 2, 0x45000000),
    entry(4, 5, 3, place(rationals(LONGITUDE, false))),
  ];
  const count = (entries: Buffer[]) => Buffer.from([0, entries.length]);
  const none = Buffer.alloc(4);
  return Buffer.concat([
    Buffer.from('MM\0*\0\0\0\x08', 'latin1'),
    ...[count(main), ...main, none],
    ...[count(gps), ...gps, none],
    ...blocks,
  ]);
}

export function xmp(): Buffer {
  return Buffer.from(
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>${DECIMAL}</exif:GPSLatitude>` +
      `<aux:SerialNumber>${SERIAL}</aux:SerialNumber></x:xmpmeta>`,
  );
}

/** A JPEG with everything that may be in one, and a second picture after it. */
export function jpegWithMetadata(jpeg: Buffer, orientation = 1): Buffer {
  const latin = (text: string) => Buffer.from(text, 'latin1');
  const segment = (code: number, ...parts: Buffer[]) => {
    const body = Buffer.concat(parts);
    return Buffer.concat([Buffer.from([0xff, code, 0, 0]), body]).fill(
      Buffer.from([(body.length + 2) >> 8, (body.length + 2) & 255]),
      2,
      4,
    );
  };
  const jfif = latin('JFIF\0\x01\x02\x01\0\x48\0\x48\x01\x01');
  return Buffer.concat([
    jpeg.subarray(0, 2),
    segment(0xe0, jfif, THUMBNAIL.subarray(0, 3)),
    segment(0xe0, latin('JFXX\0\x10'), THUMBNAIL),
    segment(0xe1, latin('Exif\0\0'), exif(orientation)),
    segment(0xe1, latin('http://ns.adobe.com/xap/1.0/\0'), xmp()),
    segment(0xe2, latin('MPF\0'), latin(SERIAL)),
    segment(0xe5, latin(SERIAL)),
    segment(0xed, latin('Photoshop 3.0\x008BIM\x04\x04'), latin(COMMENT)),
    segment(0xfe, latin(COMMENT)),
    jpeg.subarray(2),
    jpeg.subarray(0, 2),
    segment(0xe1, latin('Exif\0\0'), exif(orientation)),
    jpeg.subarray(2),
    latin(`trailer ${SERIAL}`),
  ]);
}

export function pngWithMetadata(png: Buffer, orientation = 1): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), data]);
    bytes.writeUInt32BE(data.length, 0);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(bytes.subarray(4)));
    return Buffer.concat([bytes, sum]);
  };
  // After the signature and the header.
  const at = 8 + 25;
  return Buffer.concat([
    png.subarray(0, at),
    chunk('tEXt', Buffer.from(`Comment\0${COMMENT}`)),
    chunk('iTXt', Buffer.concat([Buffer.from('XML:com.adobe.xmp\0\0\0\0\0'), xmp()])),
    chunk('eXIf', exif(orientation)),
    chunk('tIME', Buffer.from([7, 0xea, 1, 31, 10, 20, 30])),
    chunk('maKr', Buffer.from(SERIAL)),
    png.subarray(at),
    Buffer.from(`trailer ${SERIAL}`),
  ]);
}

/** @param webp extended or not: it is made extended */
export function webpWithMetadata(
  webp: Buffer,
  { width, height }: { width: number; height: number },
  orientation = 1,
): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
  };
  const isExtended = webp.toString('latin1', 12, 16) === 'VP8X';
  const features = Buffer.alloc(10);
  if (isExtended) webp.copy(features, 0, 20, 30);
  features.writeUInt8(features.readUInt8(0) | 0x0c, 0);
  features.writeUIntLE(width - 1, 4, 3);
  features.writeUIntLE(height - 1, 7, 3);
  const body = Buffer.concat([
    Buffer.from('WEBP', 'latin1'),
    chunk('VP8X', features),
    webp.subarray(isExtended ? 30 : 12),
    chunk('EXIF', exif(orientation)),
    chunk('XMP ', xmp()),
    chunk('maKr', Buffer.from(SERIAL)),
  ]);
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.from(`trailer ${SERIAL}`)]);
}

/** With a comment, and XMP as Adobe's programs write it. */
export function gifWithMetadata(gif: Buffer): Buffer {
  const flags = gif.readUInt8(10);
  const at = 13 + ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
  const blocks = (data: Buffer) => {
    const parts: Buffer[] = [];
    for (let n = 0; n < data.length; n += 255) {
      const part = data.subarray(n, n + 255);
      parts.push(Buffer.from([part.length]), part);
    }
    return Buffer.concat([...parts, Buffer.alloc(1)]);
  };
  return Buffer.concat([
    gif.subarray(0, at),
    Buffer.from([0x21, 0xfe]),
    blocks(Buffer.from(COMMENT)),
    Buffer.from([0x21, 0xff, 11]),
    Buffer.from('XMP DataXMP'),
    // Text that is read as blocks, and a trailer that ends them wherever they are [XMP, part 3, 1.1.2].
    xmp(),
    Buffer.from([1, ...Array.from({ length: 256 }, (_, n) => 255 - n), 0]),
    gif.subarray(at),
    Buffer.from(`trailer ${SERIAL}`),
  ]);
}
