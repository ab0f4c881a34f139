import type { Timeline } from './timeline.ts';

// What is seen stays where it is while the list above it changes: the place is remembered as an attachment, a heading, or a
// part of what is not loaded, and found again afterwards. With the history it survives a reload and Back.

export type Anchor =
  | { kind: 'tile'; sid: string; receivedAt: string; offset: number }
  /** `from`: of the day. */
  | { kind: 'heading'; from: string; offset: number }
  /** `part`: 0 is the upper edge of the chunk, 1 the lower one. */
  | { kind: 'chunk'; from: string; index: number; part: number };

/** How many rows are tried, in case the first ones are gone afterwards. */
const ROWS = 3;

/**
 * What is seen at a place, best first. `offset` is from the upper edge of what is seen, in pixels.
 *
 * @param view height of what is seen
 */
export function anchorsAt(timeline: Timeline, position: number, view: number): Anchor[] {
  const seen: { top: number; anchor: Anchor }[] = [];
  const first = timeline.chunkAt(position);
  let index = first ? timeline.chunks.indexOf(first) : 0;
  for (; seen.length < ROWS; index += 1) {
    const chunk = timeline.chunks[index];
    if (chunk === undefined || chunk.top >= position + view) break;
    const { section } = chunk;
    if (chunk.index === 0 && section.top >= position) {
      const offset = section.top - position;
      seen.push({ top: section.top, anchor: { kind: 'heading', from: section.from, offset } });
    }
    for (const row of chunk.layout?.rows ?? []) {
      const top = chunk.top + row.top;
      const item = chunk.items?.[row.first];
      if (item === undefined || top + row.height <= position || top >= position + view) continue;
      const { sid, receivedAt } = item;
      seen.push({ top, anchor: { kind: 'tile', sid, receivedAt, offset: top - position } });
      if (seen.length >= ROWS) break;
    }
  }
  const anchors = seen.map(({ anchor }) => anchor);
  if (first !== undefined) {
    const part = first.height === 0 ? 0 : (position - first.top) / first.height;
    anchors.push({ kind: 'chunk', from: first.section.from, index: first.index, part });
  }
  return anchors;
}

/** Where to scroll to, for an anchor to be where it was; undefined when it is not there, or not loaded. */
export function positionOfAnchor(timeline: Timeline, anchor: Anchor): number | undefined {
  if (anchor.kind === 'tile') {
    const found = timeline.find(anchor.sid);
    const box = found?.chunk.layout?.boxes[found.index];
    return found && box && found.chunk.top + box.top - anchor.offset;
  }
  const section = timeline.sections.find(({ from }) => from === anchor.from);
  if (anchor.kind === 'heading') return section && section.top - anchor.offset;
  const chunk = section?.chunks[anchor.index];
  return chunk && chunk.top + Math.round(anchor.part * chunk.height);
}

/** An anchor that the history has kept; undefined when it is none. */
export function readAnchor(kept: unknown): Anchor | undefined {
  const { kind } = (kept ?? {}) as { kind?: unknown };
  // Only this page writes it.
  return kind === 'tile' || kind === 'heading' || kind === 'chunk' ? (kept as Anchor) : undefined;
}

/** The position of the first anchor that is still there; undefined when none is. */
export function positionOfFirst(
  timeline: Timeline,
  anchors: readonly Anchor[],
): number | undefined {
  for (const anchor of anchors) {
    const position = positionOfAnchor(timeline, anchor);
    if (position !== undefined) return position;
  }
  return undefined;
}
