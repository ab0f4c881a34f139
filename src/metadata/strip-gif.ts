import type { EditPlan } from '../files/edit-plan.ts';
import type { ByteReader } from './byte-reader.ts';
import { createPieceList } from './piece-list.ts';

// The blocks of GIF [GIF89a specification, 15 to 27].
const HEADER_BYTES = 13;
const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;
const PLAIN_TEXT = 0x01;
const APPLICATION = 0xff;
/** Label, size and eight and three letters. */
const APPLICATION_BYTES = 14;
const LOOPS = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0']);
const COLOUR_PROFILE = 'ICCRGBG1012';

/**
 * Keeps the frames, their delays, how often they repeat, and the colour profile. Comments, texts, the data of
 * applications (XMP) and what follows the trailer are left out.
 *
 * @throws UnstrippableError
 */
export async function stripGif(reader: ByteReader): Promise<EditPlan> {
  const list = createPieceList(reader);
  const header = await reader.read(0, HEADER_BYTES);
  if (!/^GIF8[79]a/.test(header.toString('latin1', 0, 6))) throw reader.damagedAt(0);
  let at = HEADER_BYTES + tableBytes(header.readUInt8(10));
  if (at > reader.byteSize) throw reader.damagedAt(0);
  list.keep(0, at);
  // Of the graphic that follows, which may be a text that is left out.
  let control: { start: number; length: number } | null = null;
  let hasImage = false;
  for (;;) {
    // Programs leave out the trailer, and decoders do not miss it.
    const kind = at === reader.byteSize && hasImage ? TRAILER : await byteAt(reader, at);
    if (kind === TRAILER) {
      list.write(Buffer.from([TRAILER]));
      return list.plan();
    }
    const start = at;
    if (kind === IMAGE) {
      const flags = (await reader.read(at, 10)).readUInt8(9);
      // The code size precedes the data.
      at = await skipBlocks(reader, at + 10 + tableBytes(flags) + 1);
      if (control !== null) list.keep(control.start, control.length);
      control = null;
      list.keep(start, at - start);
      hasImage = true;
      continue;
    }
    if (kind !== EXTENSION) throw reader.damagedAt(at);
    const label = await byteAt(reader, at + 1);
    at = await skipBlocks(reader, start + 2);
    if (label === GRAPHIC_CONTROL) {
      if (at - start !== 8) throw reader.damagedAt(start);
      control = { start, length: at - start };
    } else if (label === PLAIN_TEXT) {
      control = null;
    } else if (label === APPLICATION && at - start > APPLICATION_BYTES) {
      const name = (await reader.read(start + 2, 12)).toString('latin1', 1);
      if (name === COLOUR_PROFILE) list.keep(start, at - start);
      if (LOOPS.has(name)) await keepLoops(start);
    }
  }

  /** The first block of data: its length 3, the kind 1 and how often. */
  async function keepLoops(start: number): Promise<void> {
    const extension = await reader.read(start, APPLICATION_BYTES + 4);
    if (extension.readUInt16BE(APPLICATION_BYTES) !== 0x0301) return;
    list.write(Buffer.concat([extension, Buffer.alloc(1)]));
  }
}

async function byteAt(reader: ByteReader, at: number): Promise<number> {
  return (await reader.read(at, 1)).readUInt8();
}

/** Of the colour table that the flags of a header announce, in bytes. */
function tableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

/** @returns where the data end: blocks, each after its length, and a length of zero */
async function skipBlocks(reader: ByteReader, from: number): Promise<number> {
  for (let at = from; ; ) {
    const bytes = await reader.readSome(at, 1);
    if (bytes.length === 0) throw reader.damagedAt(Math.min(at, reader.byteSize));
    let skipped = 0;
    while (skipped < bytes.length) {
      const length = bytes.readUInt8(skipped);
      if (length === 0) return at + skipped + 1;
      skipped += length + 1;
    }
    at += skipped;
  }
}
