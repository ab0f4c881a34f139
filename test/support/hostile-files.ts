import { crc32, deflateRawSync, deflateSync, constants as zlib } from 'node:zlib';

export { mutate, noise, truncations } from './mutate-file.ts';

const ZEROS = Buffer.alloc(1 << 20);
const TEN_HOURS = 36_000;
const SCRIPT = '<script>alert(document.domain)</script>';

/** A valid PNG that really has the 65,535 x 65,535 pixels of its header: 4.3 GB of rows in 4.2 MB. */
export function hugePng(): Buffer {
  return compressedPng(65_535);
}

/** A valid orange PNG of `side` x `side` pixels, compressed to a thousandth of its rows. */
export function compressedPng(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 3], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('PLTE', Buffer.from([0xf9, 0x73, 0x16])),
    pngChunk('IDAT', deflatedZeros(side * (side + 1))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(data.length + 12);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return chunk;
}

/** A zlib stream of `count` zeros; a megabyte is compressed once and repeated. */
function deflatedZeros(count: number): Buffer {
  const megabyte = deflateRawSync(ZEROS, { level: 9, finishFlush: zlib.Z_FULL_FLUSH });
  const rest = deflateRawSync(ZEROS.subarray(0, count % ZEROS.length), { level: 9 });
  const adler32 = Buffer.alloc(4);
  adler32.writeUInt32BE((count % 65_521) * 65_536 + 1);
  const repeated = new Array<Buffer>(Math.floor(count / ZEROS.length)).fill(megabyte);
  return Buffer.concat([Buffer.from([0x78, 0xda]), ...repeated, rest, adler32]);
}

/** A valid animation of `frames` frames, one pixel each, on a canvas of `side` x `side`. */
export function manyFramesGif(frames: number, side = 512): Buffer {
  const loop = Buffer.from('!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00', 'latin1');
  const all = new Array<Buffer>(frames).fill(onePixelFrame());
  return Buffer.concat([gifHeader(side, side), loop, ...all, Buffer.from(';')]);
}

/** A valid GIF that is also a script: a canvas of 10,799 x 16 with one pixel on it. */
export function gifWithScript(): Buffer {
  const width = Buffer.from('/*').readUInt16LE();
  const script = Buffer.from(';*/=1;alert(1)');
  return Buffer.concat([gifHeader(width, 16), onePixelFrame(), script]);
}

function gifHeader(width: number, height: number): Buffer {
  const header = Buffer.from('GIF89a\0\0\0\0\x80\0\0', 'latin1');
  header.writeUInt16LE(width, 6);
  header.writeUInt16LE(height, 8);
  return Buffer.concat([header, Buffer.from('f97316ffffff', 'hex')]);
}

function onePixelFrame(): Buffer {
  const control = '21f904040a000000';
  const descriptor = '2c00000000010001000002';
  return Buffer.from(`${control}${descriptor}02440100`, 'hex');
}

/** A TIFF of `depth` directories of one pixel; each has the next as its child, the last one the first. */
export function nestedTiff(depth: number): Buffer {
  // Width, height, bits, compression, photometric, offset, samples, rows, byte count.
  const tags = [256, 257, 258, 259, 262, 273, 277, 278, 279];
  const size = 2 + 12 * (tags.length + 1) + 4;
  const placeOf = (index: number) => 12 + (index % depth) * size;
  // One grey pixel and three bytes of padding precede the directories.
  const file = Buffer.alloc(12 + depth * size);
  file.set([0x49, 0x49, 42, 0, 12, 0, 0, 0, 0x80]);
  for (let index = 0; index < depth; index += 1) {
    let at = file.writeUInt16LE(tags.length + 1, placeOf(index));
    for (const tag of [...tags, 330]) {
      const value = tag === 330 ? placeOf(index + 1) : tag === 258 || tag === 273 ? 8 : 1;
      at = file.writeUInt16LE(tag, at);
      at = file.writeUInt16LE(tag === 273 || tag === 330 ? 4 : 3, at);
      at = file.writeUInt32LE(1, at);
      at = file.writeUInt32LE(value, at);
    }
    file.writeUInt32LE(placeOf(index + 1), at);
  }
  return file;
}

/** A valid PDF of `pages` pages that share one content stream, 10 bytes a page. */
export function manyPagesPdf(pages: number): Buffer {
  return pdf(pages, 200);
}

/** A valid PDF whose page is `side` x `side` points; Acrobat accepts 14,400 at most. */
export function hugePagePdf(side = 1_000_000): Buffer {
  return pdf(1, side);
}

function pdf(pages: number, side: number): Buffer {
  const CONTENT = 1;
  const PACKED = 2;
  const CATALOG = 3;
  const TREE = 4;
  const pageIds = Array.from({ length: pages }, (_, index) => TREE + 1 + index);
  const table = TREE + 1 + pages;
  const kids = pageIds.map((id) => `${id} 0 R`).join(' ');
  const page = `<</Type/Page/Parent ${TREE} 0 R/Contents ${CONTENT} 0 R>>`;
  const objects = [
    `<</Type/Catalog/Pages ${TREE} 0 R>>`,
    `<</Type/Pages/Count ${pages}/MediaBox[0 0 ${side} ${side}]/Resources<<>>/Kids[${kids}]>>`,
    ...pageIds.map(() => page),
  ];
  let length = 0;
  const index = objects.map((object, place) => {
    length += object.length + 1;
    return `${CATALOG + place} ${length - object.length - 1} `;
  });
  const first = index.join('').length;

  const head = Buffer.from('%PDF-1.5\n');
  const content = pdfStream(CONTENT, '', `1 0 0 rg 0 0 ${side / 2} ${side / 2} re f`);
  const packed = pdfStream(
    PACKED,
    `/Type/ObjStm/N ${objects.length}/First ${first}`,
    `${index.join('')}${objects.join(' ')} `,
  );
  const tableAt = head.length + content.length + packed.length;
  const places = [
    [0, 0, 0],
    [1, head.length, 0],
    [1, head.length + content.length, 0],
    ...objects.map((_, place) => [2, PACKED, place]),
    [1, tableAt, 0],
  ];
  const entries = Buffer.alloc(places.length * 9);
  for (const [id, [type = 0, where = 0, order = 0]] of places.entries()) {
    entries.writeUInt8(type, id * 9);
    entries.writeUInt32BE(where, id * 9 + 1);
    entries.writeUInt32BE(order, id * 9 + 5);
  }
  const trailer = `/Type/XRef/Size ${places.length}/W[1 4 4]/Root ${CATALOG} 0 R`;
  const end = Buffer.from(`startxref\n${tableAt}\n%%EOF\n`);
  return Buffer.concat([head, content, packed, pdfStream(table, trailer, entries), end]);
}

function pdfStream(id: number, entries: string, content: string | Buffer): Buffer {
  const data = deflateSync(content, { level: 9 });
  const start = `${id} 0 obj\n<<${entries}/Filter/FlateDecode/Length ${data.length}>>stream\n`;
  return Buffer.concat([Buffer.from(start), data, Buffer.from('\nendstream\nendobj\n')]);
}

/** A valid PDF followed by a valid ZIP of one HTML file. */
export function pdfWithZip(): Buffer {
  const start = pdf(1, 200);
  const content = Buffer.from(SCRIPT);
  const name = Buffer.from('page.html');
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(10, 0);
  facts.writeUInt16LE(0x21, 8);
  facts.writeUInt32LE(crc32(content), 10);
  facts.writeUInt32LE(content.length, 14);
  facts.writeUInt32LE(content.length, 18);
  facts.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, name, content]);
  const place = Buffer.alloc(14);
  place.writeUInt32LE(start.length, 10);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), facts, place, name]);
  const end = Buffer.from('PK\x05\x06'.padEnd(22, '\0'));
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(start.length + local.length, 16);
  return Buffer.concat([start, local, central, end]);
}

/** An SVG of a million pixels a side, whose entities expand to ten billion characters. */
export function hugeSvg(): Buffer {
  const entities = Array.from({ length: 10 }, (_, level) => {
    const content = level === 0 ? 'lollollolo' : `&e${level - 1};`.repeat(10);
    return `<!ENTITY e${level} "${content}">`;
  });
  const size = 'width="1000000" height="1000000"';
  return Buffer.from(
    `<?xml version="1.0"?>\n<!DOCTYPE svg [${entities.join('\n')}]>\n` +
      `<svg xmlns="http://www.w3.org/2000/svg" ${size}><rect ${size}/><text>&e9;</text></svg>\n`,
  );
}

/** A real MP4 that claims to play for ten hours. */
export function tenHoursMp4(sample: Buffer): Buffer {
  const file = Buffer.from(sample);
  let movieScale = 0;
  const patch = (start: number, end: number): void => {
    for (let at = start, size = 0; at + 8 <= end; at += size) {
      size = Math.max(8, file.readUInt32BE(at));
      const name = file.toString('latin1', at + 4, at + 8);
      // Version 1 has times of 8 bytes; the first two of them precede the field to change.
      const wide = file[at + 8] === 1;
      const write = (scale: number, offset: number) => {
        if (wide) file.writeBigUInt64BE(BigInt(scale * TEN_HOURS), at + offset + 8);
        else file.writeUInt32BE(scale * TEN_HOURS, at + offset);
      };
      if (['moov', 'trak', 'mdia'].includes(name)) patch(at + 8, at + size);
      if (name === 'tkhd') write(movieScale, 28);
      if (name !== 'mvhd' && name !== 'mdhd') continue;
      const scale = file.readUInt32BE(at + (wide ? 28 : 20));
      if (name === 'mvhd') movieScale = scale;
      write(scale, 24);
    }
  };
  patch(0, file.length);
  return file;
}

/** A valid JPEG with HTML in a comment at its start and after its end. */
export function jpegWithHtml(jpeg: Buffer): Buffer {
  const html = Buffer.from(`<html><body>${SCRIPT}</body></html>`);
  const comment = Buffer.from([0xff, 0xfe, 0, html.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), comment, html, jpeg.subarray(2), html]);
}

/** `count` zeros; an empty file by default. */
export function zeroBytes(count = 0): Buffer {
  return Buffer.alloc(count);
}

/** `count` vCards in one file. */
export function contacts(count: number): Buffer {
  const card = (_: unknown, index: number) =>
    `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Person ${index}\r\nTEL:+1555${index}\r\nEND:VCARD\r\n`;
  return Buffer.from(Array.from({ length: count }, card).join(''));
}

/** A text of `bytes` characters without a newline. */
export function longLine(bytes: number): Buffer {
  return Buffer.alloc(bytes, 'no end in sight ');
}
