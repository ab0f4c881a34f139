import { signal } from '@preact/signals';
import { address } from '../address.ts';
import { queryOf, writeFilter } from '../find/filter.ts';
import { notifyError } from '../frame/announcements.tsx';
import type { GridModel } from './grid-model.ts';
import { type Direction, placeInDirection, type TilePlace } from './move-focus.ts';
import { itemOf } from './neighbours.ts';
import { chunkOfInstant } from './read-timeline.ts';
import { HEADING_HEIGHT } from './sections.ts';

/** The attachment that the Tab key leads to. */
export const focusable = signal<string | null>(null);
/** It gets the focus once it is drawn. */
let awaited: string | null = null;

/** Moves the focus in a direction, and loads what is there first. */
export async function moveFocus(model: GridModel, direction: Direction): Promise<string | null> {
  const here = focusable.value === null ? undefined : model.timeline.find(focusable.value);
  const to = here ? placeInDirection(model.timeline, here, direction) : firstSeen(model);
  return to ? focusPlace(model, to) : null;
}

/** Moves the focus to the attachment that is seen first. */
export async function enterGrid(model: GridModel): Promise<string | null> {
  const first = firstSeen(model);
  return first ? focusPlace(model, first) : null;
}

/** Moves the focus to the first or the last attachment of the list. */
export async function focusEnd(model: GridModel, end: 'first' | 'last'): Promise<string | null> {
  const chunk = end === 'first' ? model.timeline.chunks[0] : model.timeline.chunks.at(-1);
  model.jumpTo(end === 'first' ? 0 : model.timeline.height);
  if (chunk === undefined) return null;
  return focusPlace(model, { chunk, index: end === 'first' ? 0 : Number.POSITIVE_INFINITY });
}

/**
 * When an attachment is closed, the list is where its tile is: a link may have opened it, or many swipes led to it.
 *
 * @returns ends it
 */
export function followClosing(model: GridModel): () => void {
  let before = address.peek().sid;
  return address.subscribe(({ page, filter, sid }) => {
    const closed = sid === undefined ? before : undefined;
    before = sid;
    // Another filter is another list.
    if (page !== 'grid' || writeFilter(filter) !== writeFilter(model.filter)) return;
    if (closed !== undefined) void focusSid(model, closed).catch(notifyError);
  });
}

async function focusSid(model: GridModel, sid: string): Promise<void> {
  const { timeline } = model;
  const receivedAt = itemOf(sid)?.receivedAt;
  const isUnknown = timeline.find(sid) === undefined;
  if (isUnknown && receivedAt !== undefined) {
    const section = timeline.sections.find(({ from }) => from <= receivedAt);
    const chunk = section && (await chunkOfInstant(section, receivedAt, queryOf(model.filter)));
    if (chunk === undefined) return;
    model.reveal(chunk.top, Math.min(chunk.height, model.view / 2));
    await model.load(chunk);
  }
  // The filter may leave it out.
  const place = model.timeline.find(sid);
  const box = place?.chunk.layout?.boxes[place.index];
  if (place === undefined || box === undefined) return;
  const top = place.chunk.top + box.top - model.place.position;
  if (isUnknown || top + box.height <= HEADING_HEIGHT || top >= model.view) {
    await focusPlace(model, place);
    return;
  }
  // What is seen already stays where it is.
  focusable.value = sid;
  // Back came before the viewer was there, which would give the focus back.
  if (document.activeElement !== document.body) return;
  awaited = sid;
  model.version.value += 1;
}

async function focusPlace(model: GridModel, { chunk, index }: TilePlace): Promise<string | null> {
  if (chunk.items === undefined) {
    model.reveal(chunk.top, Math.min(chunk.height, model.view / 2));
    await model.load(chunk);
  }
  const at = Math.min(index, chunk.count - 1);
  const box = chunk.layout?.boxes[at];
  const sid = chunk.items?.[at]?.sid;
  if (box === undefined || sid === undefined) return null;
  awaited = sid;
  focusable.value = sid;
  model.reveal(chunk.top + box.top, box.height);
  // Also when it is where the Tab key led to already.
  model.version.value += 1;
  return sid;
}

/** Gives the focus to a tile that was not drawn when it should have got it. To be called when something was drawn. */
export function giveAwaitedFocus(root: HTMLElement): void {
  if (awaited === null) return;
  const tile = root.querySelector<HTMLElement>(`[data-sid="${awaited}"]`);
  if (tile === null) return;
  awaited = null;
  tile.focus({ preventScroll: true });
}

/** The attachment that is seen first. */
export function firstSeen({ timeline, place, view }: GridModel): TilePlace | undefined {
  const top = place.position + (place.position === 0 ? 0 : HEADING_HEIGHT);
  const first = timeline.chunkAt(place.position);
  const from = first ? timeline.chunks.indexOf(first) : 0;
  for (const chunk of timeline.chunks.slice(from, from + 20)) {
    if (chunk.top > place.position + view) break;
    const row = chunk.layout?.rows.find((found) => chunk.top + found.top >= top);
    if (row) return { chunk, index: row.first };
  }
  return undefined;
}
