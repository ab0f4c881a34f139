/** A TIFF whose pixels `pixelAt` returns. */
export interface TiffFile {
  width: number;
  height: number;
  /** PhotometricInterpretation: 1 grey, 2 RGB, 5 CMYK, 8 CIE L*a*b*. */
  photometric: number;
  bits: 8 | 16;
  /** ExtraSamples, one for each extra channel: 0 unspecified, 1 premultiplied alpha, 2 alpha. */
  extra: number[];
  pixelAt(x: number, y: number): number[];
  /** All rows by default. */
  rowsPerStrip?: number;
  /** An ICC profile. */
  profile?: Buffer;
  /** Byte order: big endian when true. */
  isBigEndian?: boolean;
}

const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;

/** Writes the file [TIFF 6.0], with the directory before the pixels. */
export function writeTiff(file: TiffFile): Buffer {
  const { width, height, photometric, bits, extra, pixelAt, profile, isBigEndian = false } = file;
  const { rowsPerStrip = height } = file;
  const number = (value: number, bytes: number) => {
    const buffer = Buffer.alloc(bytes);
    if (isBigEndian) buffer.writeUIntBE(value, 0, bytes);
    else buffer.writeUIntLE(value, 0, bytes);
    return buffer;
  };
  const samples = pixelAt(0, 0).length;
  const pixels = Buffer.concat(
    Array.from({ length: width * height }, (_, n) =>
      Buffer.concat(
        pixelAt(n % width, Math.floor(n / width)).map((value) => number(value, bits / 8)),
      ),
    ),
  );
  const stripBytes = (pixels.length / height) * rowsPerStrip;
  const strips = Array.from({ length: height / rowsPerStrip }, (_, n) => n * stripBytes);
  const entries: [tag: number, type: number, values: Buffer[]][] = [
    [256, SHORT, [number(width, 2)]],
    [257, SHORT, [number(height, 2)]],
    [258, SHORT, Array.from({ length: samples }, () => number(bits, 2))],
    [259, SHORT, [number(1, 2)]],
    [262, SHORT, [number(photometric, 2)]],
    // Filled in below.
    [273, LONG, strips.map(() => number(0, 4))],
    [277, SHORT, [number(samples, 2)]],
    [278, SHORT, [number(rowsPerStrip, 2)]],
    [279, LONG, strips.map(() => number(stripBytes, 4))],
    [284, SHORT, [number(1, 2)]],
  ];
  if (extra.length > 0) entries.push([338, SHORT, extra.map((meaning) => number(meaning, 2))]);
  if (profile !== undefined) {
    entries.push([34_675, UNDEFINED, [...profile].map((byte) => Buffer.from([byte]))]);
  }
  const places = entries[5] as (typeof entries)[number];
  const dataAt =
    8 +
    2 +
    12 * entries.length +
    4 +
    entries.reduce((sum, [, , values]) => {
      const length = Buffer.concat(values).length;
      return sum + (length > 4 ? length + (length % 2) : 0);
    }, 0);
  places[2] = strips.map((offset) => number(dataAt + offset, 4));
  const tailAt = 8 + 2 + 12 * entries.length + 4;
  const tail: Buffer[] = [];
  const tailLength = () => tail.reduce((sum, { length }) => sum + length, 0);
  const heads = entries.map(([tag, type, values]) => {
    const value = Buffer.concat([...values, Buffer.alloc(4)]);
    const length = value.length - 4;
    const head = [number(tag, 2), number(type, 2), number(values.length, 4)];
    if (length <= 4) return [...head, value.subarray(0, 4)];
    const at = number(tailAt + tailLength(), 4);
    tail.push(value.subarray(0, length + (length % 2)));
    return [...head, at];
  });
  const mark = isBigEndian ? 'MM' : 'II';
  return Buffer.concat([
    ...[Buffer.from(mark, 'latin1'), number(42, 2), number(8, 4), number(entries.length, 2)],
    ...heads.flat(),
    number(0, 4),
    ...tail,
    pixels,
  ]);
}
