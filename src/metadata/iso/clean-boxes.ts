import { type ByteReader, UnstrippableError } from '../byte-reader.ts';
import { type Box, boxesWithin } from './box.ts';
import type { Overlay } from './overlay.ts';

/** What is known of a movie while its boxes are cleaned. */
export interface Cleaning {
  reader: ByteReader;
  overlay: Overlay;
  /** Positions of boxes of tracks that are removed. */
  removed: ReadonlySet<number>;
  /** Ids of the tracks that stay. */
  trackIds: ReadonlySet<number>;
}

/**
 * What decoders need, by the box that it is in [ISO/IEC 14496-12, table 1; QuickTime File Format]. Everything else
 * may be metadata: `udta`, `meta`, `uuid`, and boxes that makers of cameras have invented.
 */
const KEPT: Readonly<Record<string, ReadonlySet<string>>> = {
  moov: new Set(['mvhd', 'trak', 'mvex']),
  trak: new Set(['tkhd', 'tapt', 'edts', 'tref', 'mdia']),
  tapt: new Set(['clef', 'prof', 'enof']),
  edts: new Set(['elst']),
  mdia: new Set(['mdhd', 'hdlr', 'elng', 'minf']),
  minf: new Set(['vmhd', 'smhd', 'nmhd', 'hdlr', 'dinf', 'stbl']),
  dinf: new Set(['dref']),
  stbl: new Set([
    ...['stsd', 'stts', 'ctts', 'cslg', 'stss', 'stps', 'stsh', 'sdtp', 'stsc', 'stsz', 'stz2'],
    ...['stco', 'co64', 'sgpd', 'sbgp', 'csgp', 'subs', 'padb', 'stdp'],
  ]),
  mvex: new Set(['mehd', 'trex', 'leva']),
  moof: new Set(['mfhd', 'traf']),
  traf: new Set(['tfhd', 'tfdt', 'trun', 'sdtp', 'sgpd', 'sbgp', 'csgp', 'subs']),
  mfra: new Set(['tfra', 'mfro']),
};

/** Boxes that point to other bytes of the file, those of encrypted samples; or that compress the others. */
const REFUSED = new Set(['saiz', 'saio', 'senc', 'cmov']);

type Edit = (cleaning: Cleaning, box: Box) => void | Promise<void>;

const EDITS: Readonly<Record<string, Edit>> = {
  mvhd: zeroTimes,
  tkhd: zeroTimes,
  mdhd: zeroTimes,
  hdlr: zeroName,
  dref: cleanDataReferences,
  tref: freeReferences,
};

/**
 * Cleans everything in a box: what is not needed becomes free space, times of creation become 0, names are cleared.
 *
 * @throws UnstrippableError
 */
export async function cleanBoxes(cleaning: Cleaning, parent: Box): Promise<void> {
  const { reader, overlay, removed } = cleaning;
  for await (const box of boxesWithin(reader, { start: parent.body, end: parent.end })) {
    if (REFUSED.has(box.type)) {
      throw new UnstrippableError('The file is encrypted, or its index is compressed');
    }
    const isKept = KEPT[parent.type]?.has(box.type) && !removed.has(box.at);
    if (!isKept) overlay.free(box);
    else if (box.type in KEPT) await cleanBoxes(cleaning, box);
    else await EDITS[box.type]?.(cleaning, box);
  }
}

/** When it was made and changed: 32 bits each, or 64 in version 1. */
async function zeroTimes({ reader, overlay }: Cleaning, box: Box): Promise<void> {
  const version = (await reader.read(box.body, 4)).readUInt8(0);
  const length = version === 1 ? 16 : 8;
  if (box.body + 4 + length > box.end) throw reader.damagedAt(box.at);
  overlay.zero(box.body + 4, length);
}

/** What follows the type of the handler: its maker, and a name such as that of a camera. */
export function zeroName({ overlay }: Pick<Cleaning, 'overlay'>, box: Box): void {
  overlay.zero(box.body + 12, box.end - box.body - 12);
}

/** Older QuickTime files have a path of the computer here. */
async function cleanDataReferences({ reader, overlay }: Cleaning, box: Box): Promise<void> {
  for await (const entry of boxesWithin(reader, { start: box.body + 8, end: box.end })) {
    if (entry.end - entry.body < 4) throw reader.damagedAt(entry.at);
    const isSameFile = ((await reader.read(entry.body, 4)).readUInt8(3) & 1) === 1;
    if (!isSameFile) throw new UnstrippableError('Its data are in other files');
    overlay.zero(entry.body + 4, entry.end - entry.body - 4);
  }
}

/** References to tracks that are removed. */
async function freeReferences({ reader, overlay, trackIds }: Cleaning, box: Box): Promise<void> {
  for await (const reference of boxesWithin(reader, { start: box.body, end: box.end })) {
    const length = reference.end - reference.body;
    const ids = length > 1024 ? null : await reader.read(reference.body, length - (length % 4));
    let isKept = ids !== null && length % 4 === 0;
    for (let at = 0; ids !== null && at < ids.length; at += 4) {
      if (!trackIds.has(ids.readUInt32BE(at))) isKept = false;
    }
    if (!isKept) overlay.free(reference);
  }
}
