import type { Chunk, Section } from './sections.ts';
import type { Timeline } from './timeline.ts';

// Which part of the list is in the document: what is seen, and up to one screen above and below.

export const MAX_TILES = 400;
/** Tiles that come into the document in one frame: it takes a slow computer some 2 ms for each. */
export const MAX_NEW_TILES = 20;

export interface RenderedChunk {
  chunk: Chunk;
  /** Of the attachments that are rendered; both 0 when it is not loaded. */
  first: number;
  end: number;
}

export interface Rendered {
  /** Whose headings are. */
  sections: Section[];
  chunks: RenderedChunk[];
  tiles: number;
}

/**
 * @param position of the upper edge of what is seen, in pixels
 * @param view its height
 * @param wantedMargin how far beyond it, if that are not too many tiles
 */
export function renderedAround(
  timeline: Timeline,
  position: number,
  view: number,
  wantedMargin: number,
): Rendered {
  let margin = wantedMargin;
  let rendered = renderedBetween(timeline, position - margin, position + view + margin);
  // Many narrow pictures on a large screen.
  while (rendered.tiles > MAX_TILES && margin > 1) {
    margin /= 2;
    rendered = renderedBetween(timeline, position - margin, position + view + margin);
  }
  return rendered;
}

function renderedBetween(timeline: Timeline, top: number, bottom: number): Rendered {
  const rendered: Rendered = { sections: [], chunks: [], tiles: 0 };
  const start = timeline.chunkAt(top);
  for (let at = start ? timeline.chunks.indexOf(start) : 0; at < timeline.chunks.length; at += 1) {
    const chunk = timeline.chunks[at];
    if (chunk === undefined || rendered.tiles >= MAX_TILES) break;
    // The heading of a day is above its first chunk.
    if ((chunk.index === 0 ? chunk.section.top : chunk.top) > bottom) break;
    if (!rendered.sections.includes(chunk.section)) rendered.sections.push(chunk.section);
    if (chunk.top + chunk.height < top) continue;
    const rows = (chunk.layout?.rows ?? []).filter(
      (row) => chunk.top + row.top + row.height >= top && chunk.top + row.top <= bottom,
    );
    const first = rows[0]?.first ?? 0;
    const end = Math.min(rows.at(-1)?.end ?? 0, first + MAX_TILES - rendered.tiles);
    rendered.chunks.push({ chunk, first, end });
    rendered.tiles += end - first;
  }
  return rendered;
}

/**
 * A part of what is to be rendered, so that no frame takes long: what is there already, and so many more.
 *
 * @param last what is there
 * @param isWhole whether nothing is left for the next frames
 */
export function renderedNext(
  wanted: Rendered,
  last: Rendered | undefined,
): { rendered: Rendered; isWhole: boolean } {
  let left = MAX_NEW_TILES;
  let tiles = 0;
  const chunks = wanted.chunks.map(({ chunk, first, end }) => {
    const before = last?.chunks.find((other) => other.chunk === chunk);
    const keptFrom = Math.max(first, before?.first ?? 0);
    const keptTo = Math.min(end, before?.end ?? 0);
    const isKept = keptFrom < keptTo;
    const above = isKept ? Math.min(left, keptFrom - first) : 0;
    left -= above;
    const below = Math.min(left, end - (isKept ? keptTo : first));
    left -= below;
    const range = isKept ? [keptFrom - above, keptTo + below] : [first, first + below];
    const [from = 0, to = 0] = range;
    tiles += to - from;
    return { chunk, first: from, end: to };
  });
  const rendered = { ...wanted, chunks, tiles };
  return { rendered, isWhole: tiles === wanted.tiles };
}
