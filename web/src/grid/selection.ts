import { signal } from '@preact/signals';
import { announce, notify, notifyError } from '../frame/announcements.tsx';
import { strings } from '../strings.ts';
import type { GridModel } from './grid-model.ts';
import type { Chunk } from './sections.ts';

/** Sids of the attachments that are selected. */
export const selected = signal<ReadonlySet<string>>(new Set());

/** Whether everything is selected that the filter of the page finds, also what is not loaded. */
export const isAllSelected = signal(false);

export function isSelected(sid: string): boolean {
  return isAllSelected.value || selected.value.has(sid);
}

export function selectAll(): void {
  isAllSelected.value = true;
  announce(strings.grid.allSelected);
}

/** At most as many at once. */
export const MAX_SELECTED = 2000;

/** Where a range begins. The chunk is kept, because its attachments may be forgotten meanwhile. */
let rangeStart: { chunk: Chunk; sid: string } | undefined;
let lastRange = 0;

export function clearSelection(): void {
  lastRange += 1;
  rangeStart = undefined;
  isAllSelected.value = false;
  if (selected.value.size > 0) selected.value = new Set();
}

export function toggle(model: GridModel, sid: string): void {
  isAllSelected.value = false;
  const next = new Set(selected.value);
  if (!next.delete(sid)) {
    if (next.size >= MAX_SELECTED) {
      sayTooMany();
      return;
    }
    next.add(sid);
  }
  selected.value = next;
  const found = model.timeline.find(sid);
  if (found) rangeStart = { chunk: found.chunk, sid };
  announce(strings.grid.selected(next.size));
}

/** Where a range begins when nothing was selected yet. */
export function beginRange(model: GridModel, sid: string): void {
  const found = model.timeline.find(sid);
  if (rangeStart === undefined && found) rangeStart = { chunk: found.chunk, sid };
}

/** Selects everything from the one selected last to another, also what is not loaded in between. */
export async function selectRange(model: GridModel, sid: string): Promise<void> {
  lastRange += 1;
  isAllSelected.value = false;
  const range = lastRange;
  const end = model.timeline.find(sid);
  if (end === undefined) return;
  beginRange(model, sid);
  if (rangeStart === undefined) return;
  try {
    const sids = await sidsBetween(model, rangeStart, { chunk: end.chunk, sid });
    if (range !== lastRange) return;
    const next = new Set([...selected.value, ...sids]);
    const isTooMany = next.size > MAX_SELECTED;
    selected.value = new Set([...next].slice(0, MAX_SELECTED));
    if (isTooMany) sayTooMany();
    else announce(strings.grid.selected(next.size));
  } catch (error) {
    notifyError(error);
  }
}

async function sidsBetween(
  model: GridModel,
  start: { chunk: Chunk; sid: string },
  end: { chunk: Chunk; sid: string },
): Promise<string[]> {
  const { chunks } = model.timeline;
  const [from, to] = [chunks.indexOf(start.chunk), chunks.indexOf(end.chunk)];
  // The list was read anew, and the start is not in it.
  if (from === -1) return [end.sid];
  const isBackward = from > to;
  const sids: string[] = [];
  // From the start on, so that with too many the nearest are selected.
  const between = isBackward ? chunks.slice(to, from + 1).toReversed() : chunks.slice(from, to + 1);
  for (const chunk of between) {
    await model.load(chunk);
    const own = (chunk.items ?? []).map((item) => item.sid);
    sids.push(...(isBackward ? own.toReversed() : own));
    if (sids.length > MAX_SELECTED + chunk.count * 2) break;
  }
  const places = [sids.indexOf(start.sid), sids.indexOf(end.sid)].map((at) =>
    at === -1 ? sids.length - 1 : at,
  );
  const range = sids.slice(Math.min(...places), Math.max(...places) + 1);
  return places[0] !== undefined && places[1] !== undefined && places[0] > places[1]
    ? range.toReversed()
    : range;
}

function sayTooMany(): void {
  notify({ text: strings.grid.tooMany(MAX_SELECTED) });
}
