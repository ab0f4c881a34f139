import { type Cursor, createCursor } from './cursor.ts';

// The tables of items in a `meta` box [ISO/IEC 14496-12, 8.11]. What they contain cannot be trusted.

const MAX_EXTENTS = 100_000;

export type Fail = (at: number) => Error;

export interface SmallBox {
  type: string;
  /** With its header. */
  whole: Buffer;
  body: Buffer;
}

/** @throws what `fail` returns when a box does not end within the bytes */
export function splitBoxes(bytes: Buffer, fail: Fail): SmallBox[] {
  const boxes: SmallBox[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < 8) throw fail(at);
    const length = bytes.readUInt32BE(at);
    if (length < 8 || length > bytes.length - at) throw fail(at);
    const whole = bytes.subarray(at, at + length);
    boxes.push({ type: whole.toString('latin1', 4, 8), whole, body: whole.subarray(8) });
    at += length;
  }
  return boxes;
}

/** @param parts a few: as arguments, the entries of a whole table may exceed the stack */
export function makeBox(type: string, ...parts: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(
    parts.reduce((sum, { length }) => sum + length, 8),
    0,
  );
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...parts]);
}

export function number(value: number, bytes: number): Buffer {
  // From the pool of Buffer: a table may have several 100,000.
  const buffer = Buffer.allocUnsafe(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

/** An entry of a table, and its bytes. */
interface Entry {
  id: number;
  raw: Buffer;
}

function joined(entries: readonly Entry[]): Buffer {
  return Buffer.concat(entries.map(({ raw }) => raw));
}

/** Opens a table: its version, flags, and what follows. */
function openTable(body: Buffer, fail: Fail): { version: number; flags: number; cursor: Cursor } {
  const cursor = createCursor(body, fail);
  const head = cursor.uint(4);
  return { version: head >>> 24, flags: head & 0xffffff, cursor };
}

export interface ItemInfo extends Entry {
  /** Of four letters; null in versions without types, whose items are no pictures. */
  type: string | null;
}

/** `iinf`. The names of items, which programs choose, are cleared. */
export function readItemInfos(body: Buffer, fail: Fail): { head: Buffer; items: ItemInfo[] } {
  const { version, cursor } = openTable(body, fail);
  const count = cursor.uint(version === 0 ? 2 : 4);
  const boxes = splitBoxes(body.subarray(cursor.at), fail).slice(0, count);
  const items = boxes.map(({ whole }) => {
    const entry = openTable(whole.subarray(8), fail);
    const id = entry.cursor.uint(entry.version === 3 ? 4 : 2);
    if (entry.version < 2) return { id, raw: whole, type: null };
    entry.cursor.take(2);
    const type = entry.cursor.take(4).toString('latin1');
    const raw = Buffer.from(whole).fill(0, 8 + entry.cursor.at);
    return { id, raw, type };
  });
  return { head: body.subarray(0, 4), items };
}

export function writeItemInfos(head: Buffer, items: readonly ItemInfo[]): Buffer {
  const count = number(items.length, head.readUInt8(0) === 0 ? 2 : 4);
  return makeBox('iinf', head, count, joined(items));
}

export interface Reference {
  type: string;
  from: number;
  to: number[];
}

/** `iref` */
export function readReferences(
  body: Buffer,
  fail: Fail,
): { head: Buffer; references: Reference[] } {
  const { version } = openTable(body, fail);
  const idBytes = version === 0 ? 2 : 4;
  const references = splitBoxes(body.subarray(4), fail).map(({ type, body: content }) => {
    const cursor = createCursor(content, fail);
    const from = cursor.uint(idBytes);
    const count = cursor.uint(2);
    const to: number[] = [];
    for (let n = 0; n < count; n += 1) to.push(cursor.uint(idBytes));
    return { type, from, to };
  });
  return { head: body.subarray(0, 4), references };
}

export function writeReferences(head: Buffer, references: readonly Reference[]): Buffer {
  const idBytes = head.readUInt8(0) === 0 ? 2 : 4;
  const boxes = references.map(({ type, from, to }) =>
    makeBox(
      type,
      number(from, idBytes),
      number(to.length, 2),
      Buffer.concat(to.map((id) => number(id, idBytes))),
    ),
  );
  return makeBox('iref', head, Buffer.concat(boxes));
}

export interface Location extends Entry {
  /** 0: in the file, 1: in `idat`, 2: in another item. */
  method: number;
  /** 0: this file. */
  file: number;
  /** A length of 0 means everything. */
  extents: { offset: number; length: number }[];
}

/** `iloc` */
export function readLocations(body: Buffer, fail: Fail): { head: Buffer; locations: Location[] } {
  const { version, cursor } = openTable(body, fail);
  if (version > 2) throw fail(0);
  const sizes = cursor.uint(2);
  const [offsetBytes, lengthBytes] = [sizes >> 12, (sizes >> 8) & 15];
  const [baseBytes, indexBytes] = [(sizes >> 4) & 15, version === 0 ? 0 : sizes & 15];
  for (const size of [offsetBytes, lengthBytes, baseBytes, indexBytes]) {
    if (![0, 4, 8].includes(size)) throw fail(4);
  }
  const idBytes = version === 2 ? 4 : 2;
  const count = cursor.uint(idBytes);
  const locations: Location[] = [];
  let all = 0;
  for (let n = 0; n < count; n += 1) {
    const start = cursor.at;
    const id = cursor.uint(idBytes);
    const method = version === 0 ? 0 : cursor.uint(2) & 15;
    const file = cursor.uint(2);
    const base = cursor.uint(baseBytes);
    const extents: Location['extents'] = [];
    const extentCount = cursor.uint(2);
    all += extentCount;
    // They may take no bytes.
    if (all > MAX_EXTENTS) throw fail(start);
    for (let left = extentCount; left > 0; left -= 1) {
      cursor.take(indexBytes);
      extents.push({ offset: base + cursor.uint(offsetBytes), length: cursor.uint(lengthBytes) });
    }
    locations.push({ id, method, file, extents, raw: body.subarray(start, cursor.at) });
  }
  return { head: body.subarray(0, 6), locations };
}

export function writeLocations(head: Buffer, locations: readonly Location[]): Buffer {
  const count = number(locations.length, head.readUInt8(0) === 2 ? 4 : 2);
  return makeBox('iloc', head, count, joined(locations));
}

/** Properties of an item by their position, from 1, with the bit that says whether readers must know them. */
export interface Association {
  id: number;
  properties: { position: number; isEssential: boolean }[];
}

/** `ipma` */
export function readAssociations(
  body: Buffer,
  fail: Fail,
): { head: Buffer; associations: Association[] } {
  const { version, flags, cursor } = openTable(body, fail);
  const bits = (flags & 1) === 0 ? 7 : 15;
  const count = cursor.uint(4);
  const associations: Association[] = [];
  for (let n = 0; n < count; n += 1) {
    const id = cursor.uint(version === 0 ? 2 : 4);
    const properties: Association['properties'] = [];
    for (let left = cursor.uint(1); left > 0; left -= 1) {
      const field = cursor.uint((bits + 1) / 8);
      properties.push({ position: field & (2 ** bits - 1), isEssential: field >> bits === 1 });
    }
    associations.push({ id, properties });
  }
  return { head: body.subarray(0, 4), associations };
}

export function writeAssociations(head: Buffer, associations: readonly Association[]): Buffer {
  const idBytes = head.readUInt8(0) === 0 ? 2 : 4;
  const bits = (head.readUInt8(3) & 1) === 0 ? 7 : 15;
  const entries = associations.flatMap(({ id, properties }) => [
    number(id, idBytes),
    number(properties.length, 1),
    ...properties.map(({ position, isEssential }) =>
      number(position + (isEssential ? 2 ** bits : 0), (bits + 1) / 8),
    ),
  ]);
  return makeBox('ipma', head, number(associations.length, 4), Buffer.concat(entries));
}
