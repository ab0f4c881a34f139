import { ApiProblem } from '../api/api-problem.ts';
import { api, bodyOf } from '../api/client.ts';
import type {
  BucketsPage,
  BucketsQuery,
  MediaBucket,
  MediaItem,
  MediaQuery,
} from '../api/types.ts';
import { CHUNK_SIZE, type Chunk, type Section } from './sections.ts';
import { fixedZone, LOCAL_ZONE } from './time-zone.ts';

// What the API answers for a list of days with chunks.

/** Where a chunk of a day begins. */
interface Start {
  /** Of the page after it. */
  cursor: string;
  /** Of the last attachment before it. */
  receivedAt: string;
}

/** The first page is enough for what is seen first, and soon there: the rest may be counted for half a second. */
const FIRST_BUCKETS = 7;
const BUCKETS = 1000;
let timeZone = LOCAL_ZONE;
const startsOfSections = new WeakMap<Section, Promise<Start[]>>();

/** What was asked for before the grid is there. */
interface Ahead {
  query: string;
  days: Promise<BucketsPage>;
  items: Promise<MediaItem[]>;
}
let ahead: Ahead | undefined;

/** Asks for what a list begins with, while the page is still being drawn. */
export function readAhead(query: MediaQuery): void {
  const days = readDaysPage({ ...query, limit: FIRST_BUCKETS });
  const items = readItems({ ...query, limit: CHUNK_SIZE });
  // Whoever needs them hears of a failure.
  for (const reading of [days, items]) reading.catch(() => undefined);
  ahead = { query: JSON.stringify(query), days, items };
}

/**
 * The days with their counts, newest first, a page at a time.
 *
 * @param restAfterMs how long all but the first page waits: counting it keeps the server from sending pictures
 */
export async function* readDays(
  query: MediaQuery,
  signal: AbortSignal,
  restAfterMs = 0,
): AsyncGenerator<MediaBucket[]> {
  const known = ahead?.query === JSON.stringify(query) ? ahead.days : undefined;
  const first = await (known ?? readDaysPage({ ...query, limit: FIRST_BUCKETS }, signal));
  yield first.items;
  if (first.nextCursor !== null) await pause(restAfterMs);
  let cursor = first.nextCursor;
  while (cursor !== null) {
    const page = await readDaysPage({ ...query, cursor, limit: BUCKETS }, signal);
    yield page.items;
    cursor = page.nextCursor;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resume) => window.setTimeout(resume, ms));
}

async function readDaysPage(query: BucketsQuery, signal?: AbortSignal): Promise<BucketsPage> {
  const params = { query: { ...query, unit: 'day', timeZone } } as const;
  try {
    return bodyOf(await api.GET('/api/v1/media/buckets', { params, ...(signal && { signal }) }));
  } catch (error) {
    const fields = error instanceof ApiProblem ? error.fields : [];
    const isUnknown = timeZone === LOCAL_ZONE && fields.some(({ field }) => field === 'timeZone');
    if (!isUnknown) throw error;
    timeZone = fixedZone();
    return readDaysPage(query, signal);
  }
}

/** The attachments of a chunk. */
export async function readChunk(
  { section, index }: Chunk,
  query: MediaQuery,
  signal: AbortSignal,
): Promise<MediaItem[]> {
  let cursor: string | undefined;
  if (index > 0) {
    cursor = (await readStarts(section, query))[index - 1]?.cursor;
    // Attachments were deleted since: there are fewer chunks.
    if (cursor === undefined) return [];
  } else {
    const known = await takeItemsAhead(section, query);
    if (known !== undefined) return known;
  }
  const { from: receivedAfter, to: receivedBefore } = section;
  const range = { receivedAfter, receivedBefore, limit: CHUNK_SIZE };
  return readItems({ ...query, ...range, ...(cursor && { cursor }) }, signal);
}

async function readItems(query: MediaQuery, signal?: AbortSignal): Promise<MediaItem[]> {
  const answer = await api.GET('/api/v1/media', {
    params: { query },
    ...(signal && { signal }),
  });
  return bodyOf(answer).items;
}

/** Once: what arrives later is not among them. */
async function takeItemsAhead(
  { from, to, count }: Section,
  query: MediaQuery,
): Promise<MediaItem[] | undefined> {
  const taken = ahead;
  if (taken?.query !== JSON.stringify(query)) return undefined;
  ahead = undefined;
  const items = await taken.items.catch(() => []);
  const own = items.filter(({ receivedAt }) => receivedAt >= from && receivedAt < to);
  return own.length === Math.min(count, CHUNK_SIZE) ? own : undefined;
}

/** The chunk of a day that has what was received at an instant, such as one that the history has kept. */
export async function chunkOfInstant(
  section: Section,
  receivedAt: string,
  query: MediaQuery,
): Promise<Chunk | undefined> {
  if (section.chunks.length === 1) return section.chunks[0];
  const starts = await readStarts(section, query);
  const index = starts.findIndex((start) => start.receivedAt <= receivedAt);
  return section.chunks[index] ?? section.chunks.at(-1);
}

function readStarts(section: Section, query: MediaQuery): Promise<Start[]> {
  const known = startsOfSections.get(section);
  if (known !== undefined) return known;
  const starts = readAllStarts(section, query);
  startsOfSections.set(section, starts);
  // The next one who needs them tries again.
  starts.catch(() => startsOfSections.delete(section));
  return starts;
}

async function readAllStarts({ from, to }: Section, query: MediaQuery): Promise<Start[]> {
  const starts: Start[] = [];
  let cursor: string | null | undefined;
  do {
    const page = bodyOf(
      await api.GET('/api/v1/media/page-starts', {
        params: {
          query: {
            ...query,
            receivedAfter: from,
            receivedBefore: to,
            every: CHUNK_SIZE,
            ...(cursor && { cursor }),
          },
        },
      }),
    );
    starts.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return starts;
}
