import { filter } from '../address.ts';
import { api, bodyOf } from '../api/client.ts';
import type { MediaItem, MediaQuery } from '../api/types.ts';
import { queryOf, writeFilter } from '../find/filter.ts';

// What precedes and follows an attachment in the order of the grid, also where the grid has loaded nothing: when a link
// opens an attachment, and at the ends of what is loaded. Pages around it are read as they are needed.

const PAGE = 50;
/** More attachments than this in one instant are not looked through. */
const MAX_PAGES = 20;

/** Attachments that follow one another in the list, and how to go on at both ends; null: nothing is there. */
interface Stretch {
  filterKey: string;
  items: MediaItem[];
  next: string | null;
  previous: string | null;
}

let stretch: Stretch | undefined;
/** The attachments beside one in the grid. */
let itemsBeside: ((sid: string) => readonly MediaItem[] | undefined) | undefined;

/**
 * Lends what the grid has loaded.
 *
 * @param beside attachments that follow one another, and contain the one that is asked for
 * @returns ends it
 */
export function offerItems(beside: (sid: string) => readonly MediaItem[] | undefined): () => void {
  itemsBeside = beside;
  return () => {
    if (itemsBeside === beside) itemsBeside = undefined;
  };
}

/** An attachment that was read already. */
export function itemOf(sid: string): MediaItem | undefined {
  const items = itemsBeside?.(sid) ?? stretch?.items;
  return items?.find((item) => item.sid === sid);
}

/**
 * The attachment before (-1) or after (+1) another in the order of the grid, newest first, with the filter of the page.
 *
 * @returns null at the end of the list
 * @throws ApiProblem also `not_found` and `media_deleted` for the attachment
 */
export async function neighbourOf(sid: string, step: 1 | -1): Promise<MediaItem | null> {
  const loaded = itemsBeside?.(sid) ?? [];
  const beside = loaded[loaded.findIndex((item) => item.sid === sid) + step];
  if (loaded.length > 0 && beside !== undefined) return beside;
  const found = await stretchWith(sid);
  const place = found.items.findIndex((item) => item.sid === sid) + step;
  if (place >= 0 && place < found.items.length) return found.items[place] ?? null;
  return step === 1 ? after(found) : before(found);
}

async function stretchWith(sid: string): Promise<Stretch> {
  const filterKey = writeFilter(filter.value);
  const isUsable = stretch?.items.some((item) => item.sid === sid);
  if (stretch?.filterKey === filterKey && isUsable) return stretch;
  const item =
    itemOf(sid) ?? bodyOf(await api.GET('/api/v1/media/{sid}', { params: { path: { sid } } }));
  stretch = await readAround(item, filterKey);
  return stretch;
}

/** The list from the instant of an attachment on. One that the filter leaves out is put where it would be. */
async function readAround(item: MediaItem, filterKey: string): Promise<Stretch> {
  const query = queryOf(filter.value);
  const justAfter = new Date(Date.parse(item.receivedAt) + 1).toISOString();
  const { receivedBefore = justAfter } = query;
  const bounded = {
    ...query,
    receivedBefore: receivedBefore < justAfter ? receivedBefore : justAfter,
  };
  const found: Stretch = { filterKey, items: [], next: null, previous: null };
  let page = await readPage(bounded);
  found.previous = page.previousCursor;
  for (let pages = 1; ; pages += 1) {
    found.items.push(...page.items);
    found.next = page.nextCursor;
    if (page.items.some(({ sid }) => sid === item.sid)) return found;
    const isPast = page.items.some(({ receivedAt }) => receivedAt < item.receivedAt);
    if (isPast || page.nextCursor === null || pages === MAX_PAGES) break;
    page = await readPage({ ...bounded, cursor: page.nextCursor });
  }
  const place = found.items.findIndex(({ receivedAt }) => receivedAt < item.receivedAt);
  found.items.splice(place === -1 ? found.items.length : place, 0, item);
  return found;
}

async function after(found: Stretch): Promise<MediaItem | null> {
  if (found.next === null) return null;
  const page = await readPage({ ...queryOf(filter.value), cursor: found.next });
  found.items.push(...page.items);
  found.next = page.nextCursor;
  return page.items[0] ?? null;
}

async function before(found: Stretch): Promise<MediaItem | null> {
  if (found.previous === null) return null;
  const page = await readPage({ ...queryOf(filter.value), cursor: found.previous });
  found.items.unshift(...page.items);
  found.previous = page.previousCursor;
  return page.items.at(-1) ?? null;
}

async function readPage(query: MediaQuery) {
  return bodyOf(await api.GET('/api/v1/media', { params: { query: { ...query, limit: PAGE } } }));
}
