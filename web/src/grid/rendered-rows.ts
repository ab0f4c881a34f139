import type { Chunk, Section, Timeline } from './timeline.ts';

// Which part of the list is in the document: what is seen, and up to one screen above and below.

export const MAX_TILES = 400;

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
