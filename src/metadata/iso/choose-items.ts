import type { Association, ItemInfo, Reference, SmallBox } from './item-tables.ts';

// Which items of a HEIF or AVIF file stay [ISO/IEC 23008-12, 6].

/** Coded pictures, and those that are made of others; `tmap` adds what HDR displays need (a gain map). */
const PICTURES = new Set([
  ...['hvc1', 'hev1', 'lhv1', 'av01', 'avc1', 'vvc1', 'evc1', 'j2k1', 'unci'],
  ...['grid', 'iovl', 'iden', 'tmap'],
]);

/** Auxiliary pictures that change how a picture looks: its transparency, and gain maps for HDR displays. */
const AUXILIARY = [
  'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha',
  'urn:mpeg:hevc:2015:auxid:1',
  'urn:mpeg:avc:2015:auxid:1',
  'urn:com:apple:photo:2020:aux:hdrgainmap',
];

/** References to what a picture is made of. */
const PARTS = new Set(['dimg', 'base', 'tbas', 'exbl']);

/** The tables that tell what an item is. */
export interface Items {
  primary: number;
  infos: readonly ItemInfo[];
  references: readonly Reference[];
  associations: readonly Association[];
  properties: readonly SmallBox[];
}

/**
 * The pictures, and what they are made of. Thumbnails go, and so do auxiliary pictures that only describe, such as
 * depth maps and the outlines of people; EXIF, XMP and everything else that is no picture.
 *
 * @returns ids; null when the primary item is no picture
 */
export function chooseItems(items: Items): Set<number> | null {
  const { primary, infos, references } = items;
  const types = new Map(infos.map(({ id, type }) => [id, type]));
  const isPicture = (id: number) => PICTURES.has(types.get(id) ?? '');
  if (!isPicture(primary)) return null;
  const of = (type: string) => references.filter((reference) => reference.type === type);
  const thumbnails = new Set(of('thmb').map(({ from }) => from));
  const auxiliary = new Map(of('auxl').map(({ from, to }) => [from, to]));
  const parts = new Set(references.filter(isOfParts).flatMap(({ to }) => to));
  const roots = infos
    .map(({ id }) => id)
    .filter((id) => !thumbnails.has(id) && !auxiliary.has(id) && !parts.has(id));
  const kept = new Set<number>();
  const partsOf = Map.groupBy(references.filter(isOfParts), ({ from }) => from);

  function keep(start: readonly number[]): void {
    const open = [...start];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (kept.has(id) || !isPicture(id)) continue;
      kept.add(id);
      for (const { to } of partsOf.get(id) ?? []) for (const part of to) open.push(part);
    }
  }

  keep([primary, ...roots]);
  const wanted = [...auxiliary].filter(
    ([id, masters]) => !thumbnails.has(id) && masters.some((one) => kept.has(one)),
  );
  const kinds = auxiliaryKinds(items);
  keep(wanted.map(([id]) => id).filter((id) => AUXILIARY.includes(kinds.get(id) ?? '')));
  return kept;
}

function isOfParts({ type }: Reference): boolean {
  return PARTS.has(type);
}

/** Bytes of a URN that are read: the longest that is known has fewer than 50. */
const MAX_URN = 200;

/** What auxiliary pictures are, by their item: the URN in their property `auxC`. */
function auxiliaryKinds({ associations, properties }: Items): Map<number, string> {
  // Once each: a file may name one property a hundred thousand times.
  const kindAt = properties.map(({ type, body }) =>
    type === 'auxC' ? body.toString('latin1', 4, 4 + MAX_URN).split('\0', 1)[0] : undefined,
  );
  const kinds = new Map<number, string>();
  for (const { id, properties: own } of associations) {
    for (const { position } of own) {
      const kind = kindAt[position - 1];
      if (kind !== undefined) kinds.set(id, kind);
    }
  }
  return kinds;
}
