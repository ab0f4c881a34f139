/** A Windows or OS/2 bitmap to write, of the kinds in bmpsuite. */
export interface BitmapFile {
  width: number;
  /** Negative for rows from the top down. */
  height: number;
  bits: number;
  /** Bytes of the header: 12, 16, 40, 52, 56, 64, 108 or 124. */
  headerBytes?: number;
  compression?: number;
  /** Red, green, blue and alpha; after a header of 40 bytes as many as are given. */
  masks?: number[];
  /** Colours as RGB. */
  palette?: number[][];
  /** Bytes between colours and pixels, which bfOffBits includes. */
  gapBytes?: number;
  /** Rows of whole 32-bit words, the lowest first; or run-length codes, or a JPEG. */
  pixels: Buffer;
}

const FILE_HEADER_BYTES = 14;

export function writeBitmap(file: BitmapFile): Buffer {
  const dib = writeDib(file);
  const head = Buffer.alloc(FILE_HEADER_BYTES);
  head.write('BM', 'latin1');
  head.writeUInt32LE(head.length + dib.length, 2);
  head.writeUInt32LE(head.length + dib.length - file.pixels.length, 10);
  return Buffer.concat([head, dib]);
}

/** The same without the file header, as in icons. */
export function writeDib(file: BitmapFile): Buffer {
  const { width, height, bits, headerBytes = 40, compression = 0, masks = [] } = file;
  const { palette = [], gapBytes = 0, pixels } = file;
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(headerBytes, 0);
  if (headerBytes === 12) {
    header.writeUInt16LE(width, 4);
    header.writeInt16LE(height, 6);
    header.writeUInt16LE(1, 8);
    header.writeUInt16LE(bits, 10);
  } else {
    header.writeInt32LE(width, 4);
    header.writeInt32LE(height, 8);
    header.writeUInt16LE(1, 12);
    header.writeUInt16LE(bits, 14);
  }
  if (headerBytes >= 40) {
    header.writeUInt32LE(compression, 16);
    header.writeUInt32LE(palette.length, 32);
  }
  const words = Buffer.alloc(4 * masks.length);
  for (const [n, mask] of masks.entries()) words.writeUInt32LE(mask, 4 * n);
  if (headerBytes > 40 && headerBytes !== 64) words.copy(header, 40);
  const behind = headerBytes === 40 ? words : Buffer.alloc(0);
  const colours = palette.map(([red = 0, green = 0, blue = 0]) =>
    Buffer.from([blue, green, red, 0].slice(0, headerBytes === 12 ? 3 : 4)),
  );
  return Buffer.concat([header, behind, ...colours, Buffer.alloc(gapBytes, 0xaa), pixels]);
}

/**
 * Packs rows for `pixels`.
 *
 * @param value of each pixel, from the top left
 */
export function packRows(
  { width, height, bits }: Pick<BitmapFile, 'width' | 'height' | 'bits'>,
  value: (x: number, y: number) => number,
): Buffer {
  const stride = Math.ceil((width * bits) / 32) * 4;
  const rows = Array.from({ length: Math.abs(height) }, (_, line) => {
    const row = Buffer.alloc(stride);
    const y = height < 0 ? line : height - 1 - line;
    for (let x = 0; x < width; x += 1) {
      const at = x * bits;
      if (bits < 8) row[at >> 3] = (row[at >> 3] ?? 0) | (value(x, y) << (8 - bits - (at & 7)));
      else row.writeUIntLE(value(x, y), at / 8, bits / 8);
    }
    return row;
  });
  return Buffer.concat(rows);
}
