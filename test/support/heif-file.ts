// Reads HEIF files, and writes others from their coded pictures [ISO/IEC 14496-12, 23008-12].

/** One item of a HEIF file, such as a coded picture. */
export interface HeifItem {
  id: number;
  /** `hvc1`, `av01`, `grid`, … */
  type: string;
  data: Buffer;
  /** Whole boxes: `ispe`, `hvcC`, … */
  properties: Buffer[];
}

/** Description of a file to write. */
export interface HeifFile {
  /** The primary item first. */
  brands: string[];
  items: HeifItem[];
  primary: number;
  references?: { type: string; from: number; to: number[] }[];
}

const ESSENTIAL = ['hvcC', 'av1C', 'irot', 'imir'];

/** The items of a file whose data are in `mdat`, in order. */
export function readHeifItems(file: Buffer): HeifItem[] {
  const meta = child(file, 'meta').subarray(4);
  const iprp = child(meta, 'iprp');
  const properties = [...boxes(child(iprp, 'ipco'))].map(({ whole }) => whole);
  const places = readPlaces(child(meta, 'iloc'));
  const associations = readAssociations(child(iprp, 'ipma'));
  const iinf = child(meta, 'iinf');
  return [...boxes(iinf.subarray(iinf.readUInt8(0) === 0 ? 6 : 8))].map(({ body }) => {
    const id = body.readUInt16BE(4);
    const { offset = 0, length = 0 } = places.get(id) ?? {};
    return {
      id,
      type: body.toString('latin1', 8, 12),
      data: file.subarray(offset, offset + length),
      properties: (associations.get(id) ?? []).map((n) => properties[n - 1] as Buffer),
    };
  });
}

export function writeHeif({ brands, items, primary, references = [] }: HeifFile): Buffer {
  const [main = '', ...others] = brands;
  const ftyp = box('ftyp', text(main), uint(0, 4), ...others.map(text));
  // The length of the box does not depend on the offsets in it.
  const length = metaOf({ items, primary, references }, 0).length;
  const meta = metaOf({ items, primary, references }, ftyp.length + length + 8);
  return Buffer.concat([ftyp, meta, box('mdat', ...items.map(({ data }) => data))]);
}

/** A grid: a picture made of others, row by row [ISO/IEC 23008-12, 6.6.2.3]. */
export function gridItem(
  id: number,
  { columns, rows, width, height }: Record<'columns' | 'rows' | 'width' | 'height', number>,
): HeifItem {
  const head = Buffer.from([0, 1, rows - 1, columns - 1]);
  const data = Buffer.concat([head, uint(width, 4), uint(height, 4)]);
  return { id, type: 'grid', data, properties: [sizeProperty(width, height)] };
}

export function sizeProperty(width: number, height: number): Buffer {
  return box('ispe', uint(0, 4), uint(width, 4), uint(height, 4));
}

/** Rotates by quarter turns, counterclockwise. */
export function turnProperty(quarters: number): Buffer {
  return box('irot', uint(quarters, 1));
}

function metaOf(
  { items, primary, references = [] }: Omit<HeifFile, 'brands'>,
  dataAt: number,
): Buffer {
  // Items share properties, as encoders write them: decoders limit their number.
  const all = new Map(
    items
      .flatMap((item) => item.properties)
      .map((property) => [property.toString('hex'), property]),
  );
  const properties = [...all.values()];
  const numberOf = (property: Buffer) => [...all.keys()].indexOf(property.toString('hex')) + 1;
  let offset = dataAt;
  const associations = items.map((item) => [
    uint(item.id, 2),
    uint(item.properties.length, 1),
    ...item.properties.map((property) => {
      const isEssential = ESSENTIAL.includes(property.toString('latin1', 4, 8));
      return uint(numberOf(property) + (isEssential ? 0x8000 : 0), 2);
    }),
  ]);
  const places = items.map(({ id, data }) => {
    const place = [uint(id, 2), uint(0, 2), uint(0, 2), uint(1, 2), uint(offset, 4)];
    offset += data.length;
    return [...place, uint(data.length, 4)];
  });
  return box(
    'meta',
    uint(0, 4),
    box('hdlr', uint(0, 8), text('pict'), Buffer.alloc(13)),
    box('pitm', uint(0, 4), uint(primary, 2)),
    box('iloc', uint(0x01000000, 4), uint(0x4400, 2), uint(items.length, 2), ...places.flat()),
    box(
      'iinf',
      ...[uint(0, 4), uint(items.length, 2)],
      ...items.map(({ id, type }) =>
        box('infe', uint(0x02000000, 4), uint(id, 2), uint(0, 2), text(type), uint(0, 1)),
      ),
    ),
    box(
      'iref',
      uint(0, 4),
      ...references.map(({ type, from, to }) =>
        box(type, uint(from, 2), uint(to.length, 2), ...to.map((id) => uint(id, 2))),
      ),
    ),
    box(
      'iprp',
      box('ipco', ...properties),
      // Property indexes in two bytes: there may be more than 127.
      box('ipma', uint(0x00000001, 4), uint(items.length, 4), ...associations.flat()),
    ),
  );
}

function readPlaces(iloc: Buffer): Map<number, { offset: number; length: number }> {
  const version = iloc.readUInt8(0);
  const sizes = iloc.readUInt16BE(4);
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const count = iloc.readUInt16BE(6);
  const places = new Map<number, { offset: number; length: number }>();
  let at = 8;
  const number = (bytes: number) => {
    const value = bytes === 0 ? 0 : iloc.readUIntBE(at, Math.min(bytes, 6));
    at += bytes;
    return value;
  };
  for (let n = 0; n < count; n += 1) {
    const id = number(2);
    if (version > 0) number(2);
    number(2);
    const base = number(baseBytes);
    // Encoders write one extent for each item.
    if (number(2) !== 1) throw new Error('an item in several extents');
    places.set(id, { offset: base + number(offsetBytes), length: number(lengthBytes) });
  }
  return places;
}

function readAssociations(ipma: Buffer): Map<number, number[]> {
  const isWide = (ipma.readUInt32BE(0) & 1) === 1;
  const found = new Map<number, number[]>();
  let at = 8;
  for (let n = ipma.readUInt32BE(4); n > 0; n -= 1) {
    const id = ipma.readUInt16BE(at);
    const count = ipma.readUInt8(at + 2);
    at += 3;
    const numbers: number[] = [];
    for (let m = 0; m < count; m += 1, at += isWide ? 2 : 1) {
      numbers.push(isWide ? ipma.readUInt16BE(at) & 0x7fff : ipma.readUInt8(at) & 0x7f);
    }
    found.set(id, numbers);
  }
  return found;
}

function* boxes(bytes: Buffer): Generator<{ type: string; body: Buffer; whole: Buffer }> {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at) || bytes.length - at;
    const whole = bytes.subarray(at, at + length);
    yield { type: bytes.toString('latin1', at + 4, at + 8), body: whole.subarray(8), whole };
    at += length;
  }
}

function child(bytes: Buffer, wanted: string): Buffer {
  for (const { type, body } of boxes(bytes)) if (type === wanted) return body;
  throw new Error(`no ${wanted}`);
}

function box(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([uint(body.length + 8, 4), text(type), body]);
}

function text(value: string): Buffer {
  return Buffer.from(value, 'latin1');
}

function uint(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, Math.max(0, bytes - 4), Math.min(bytes, 4));
  return buffer;
}
