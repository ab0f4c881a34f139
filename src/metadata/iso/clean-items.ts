import { type ByteReader, UnstrippableError } from '../byte-reader.ts';
import type { Box, Span } from './box.ts';
import { chooseItems } from './choose-items.ts';
import {
  type Association,
  type Fail,
  makeBox,
  readAssociations,
  readItemInfos,
  readLocations,
  readReferences,
  type SmallBox,
  splitBoxes,
  writeAssociations,
  writeItemInfos,
  writeLocations,
  writeReferences,
} from './item-tables.ts';
import type { Overlay } from './overlay.ts';

/** Of a picture of hundreds of tiles, some ten thousand. */
const MAX_BYTES = 1024 ** 2;

/** Properties that decoders need [ISO/IEC 23008-12, 6.5; AVIF; MIAF]: not names, times or positions of cameras. */
const PROPERTIES = new Set([
  ...['ispe', 'pixi', 'colr', 'pasp', 'clap', 'irot', 'imir', 'iscl', 'rloc', 'auxC', 'lsel'],
  ...['hvcC', 'lhvC', 'av1C', 'avcC', 'vvcC', 'evcC', 'j2kH', 'oinf', 'tols', 'a1op', 'a1lx'],
  ...['clli', 'mdcv', 'cclv', 'amve', 'ndwt', 'reve', 'uncC', 'cmpd', 'cmpC', 'icef'],
]);

/**
 * Writes the `meta` box of a HEIF or AVIF file anew, with its pictures and what decoders need, in the same size.
 *
 * @returns where the data of the pictures are
 * @throws UnstrippableError
 */
export async function cleanItems(reader: ByteReader, meta: Box, overlay: Overlay): Promise<Span[]> {
  const length = meta.end - meta.body;
  if (length > MAX_BYTES) throw reader.tooManyParts();
  const content = await reader.read(meta.body, length);
  const fail = () => reader.damagedAt(meta.at);
  const parts = splitBoxes(content.subarray(4), fail);
  const { boxes, spans } = rewrite(parts, fail);
  const written = Buffer.concat([content.subarray(0, 4), ...boxes]);
  const left = content.length - written.length;
  // Whatever was removed took more than the header of a box.
  if (left !== 0 && left < 8) throw fail();
  const filler = left === 0 ? [] : [makeBox('free', Buffer.alloc(left - 8))];
  overlay.write(meta.body, Buffer.concat([written, ...filler]));
  return spans;
}

function rewrite(parts: readonly SmallBox[], fail: Fail): { boxes: Buffer[]; spans: Span[] } {
  const find = (type: string) => parts.find((part) => part.type === type)?.body;
  const need = (type: string): Buffer => {
    const body = find(type);
    if (body === undefined) throw fail(0);
    return body;
  };
  const pitm = need('pitm');
  const isWide = pitm.length >= 8 && pitm.readUInt8(0) !== 0;
  if (!isWide && pitm.length < 6) throw fail(0);
  const primary = isWide ? pitm.readUInt32BE(4) : pitm.readUInt16BE(4);
  const infos = readItemInfos(need('iinf'), fail);
  const locations = readLocations(need('iloc'), fail);
  const iref = find('iref');
  const references = iref === undefined ? null : readReferences(iref, fail);
  const inside = splitBoxes(need('iprp'), fail);
  const ipco = inside.find(({ type }) => type === 'ipco');
  if (ipco === undefined) throw fail(0);
  const properties = splitBoxes(ipco.body, fail);
  const tables = inside
    .filter(({ type }) => type === 'ipma')
    .map(({ body }) => readAssociations(body, fail));
  const kept = chooseItems({
    primary,
    infos: infos.items,
    references: references?.references ?? [],
    associations: tables.flatMap(({ associations }) => associations),
    properties,
  });
  if (kept === null) throw new UnstrippableError('Its main picture has an unknown format');

  const isKept = ({ id }: { id: number }) => kept.has(id);
  const known = (association: Association): Association => {
    const own = association.properties.filter(({ position }) => {
      const property = properties[position - 1];
      return property !== undefined && PROPERTIES.has(property.type);
    });
    return { ...association, properties: own };
  };
  const keptLocations = locations.locations.filter(isKept);
  const idat = find('idat');
  const write: Record<string, () => Buffer | null> = {
    hdlr: () => clearedHandler(need('hdlr'), fail),
    pitm: () => makeBox('pitm', pitm),
    iinf: () => writeItemInfos(infos.head, infos.items.filter(isKept)),
    iloc: () => writeLocations(locations.head, keptLocations),
    iref: () => {
      const left = (references?.references ?? []).flatMap(({ type, from, to }) => {
        const targets = to.filter((id) => kept.has(id));
        return kept.has(from) && targets.length > 0 ? [{ type, from, to: targets }] : [];
      });
      return references === null || left.length === 0
        ? null
        : writeReferences(references.head, left);
    },
    iprp: () =>
      makeBox(
        'iprp',
        makeBox('ipco', Buffer.concat(properties.map(keptProperty))),
        Buffer.concat(
          tables.map(({ head, associations }) =>
            writeAssociations(head, associations.filter(isKept).map(known)),
          ),
        ),
      ),
    idat: () => (idat === undefined ? null : makeBox('idat', keptData(idat, keptLocations, fail))),
    grpl: () => writeGroups(find('grpl') ?? Buffer.alloc(0), kept, fail),
  };
  // In their order; each once.
  const types = [...new Set(parts.map(({ type }) => type))];
  const boxes = types.flatMap((type) => {
    const box = Object.hasOwn(write, type) ? write[type]?.() : null;
    return box === null || box === undefined ? [] : [box];
  });
  return { boxes, spans: spansOf(keptLocations, fail) };
}

/** Its position is its number: what is not needed stays as free space. */
function keptProperty({ type, whole, body }: SmallBox): Buffer {
  return PROPERTIES.has(type) ? whole : makeBox('free', Buffer.alloc(body.length));
}

/** Without the name. */
function clearedHandler(body: Buffer, fail: Fail): Buffer {
  if (body.length < 12) throw fail(0);
  return makeBox('hdlr', Buffer.from(body).fill(0, 12));
}

/** Groups of items that all stay, such as alternatives of a picture. */
function writeGroups(body: Buffer, kept: ReadonlySet<number>, fail: Fail): Buffer | null {
  const groups = splitBoxes(body, fail).filter(({ body: group }) => {
    if (group.length < 12) throw fail(0);
    const ids = group.subarray(12, 12 + group.readUInt32BE(8) * 4);
    for (let at = 0; at + 4 <= ids.length; at += 4) {
      if (!kept.has(ids.readUInt32BE(at))) return false;
    }
    return true;
  });
  return groups.length === 0
    ? null
    : makeBox('grpl', Buffer.concat(groups.map(({ whole }) => whole)));
}

type Locations = ReturnType<typeof readLocations>['locations'];

/** Zeros where no item that stays has its data. */
function keptData(idat: Buffer, locations: Locations, fail: Fail): Buffer {
  const data = Buffer.alloc(idat.length);
  const extents = locations.flatMap((location) => (location.method === 1 ? location.extents : []));
  // Each byte is copied once, however often the extents overlap.
  let copied = 0;
  for (const { offset, length } of extents.toSorted((a, b) => a.offset - b.offset)) {
    const end = offset + length;
    if (length === 0 || end > idat.length) throw fail(0);
    if (end > copied) idat.copy(data, Math.max(offset, copied), Math.max(offset, copied), end);
    copied = Math.max(copied, end);
  }
  return data;
}

function spansOf(locations: Locations, fail: Fail): Span[] {
  return locations.flatMap(({ method, file, extents }) => {
    // In another file, or in another item: no camera writes it.
    if (file !== 0 || method > 1) throw fail(0);
    if (method === 1) return [];
    return extents.map(({ offset, length }) => {
      if (length === 0) throw fail(0);
      return { start: offset, end: offset + length };
    });
  });
}
