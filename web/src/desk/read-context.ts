import { api, bodyOf } from '../api/client.ts';
import type {
  BlocklistEntry,
  Claim,
  Note,
  Report,
  Sender,
  SimilarToMedia,
  Strikes,
} from '../api/types.ts';
import type { QueueName } from './queue-filter.ts';

// What helps to decide about an attachment, besides the attachment itself.

interface Options {
  signal: AbortSignal;
}

/** What came from one sender and is not deleted, in figures, and how the sender is handled. */
export interface SenderHistory {
  received: number;
  held: number;
  quarantined: number;
  failed: number;
  sender: Sender | undefined;
  strikes: Strikes[];
}

export async function readSender(from: string, { signal }: Options): Promise<SenderHistory> {
  const count = (query: { moderation?: 'held' | 'quarantined'; state?: 'failed' } = {}) =>
    countMedia({ from, ...query }, signal);
  const [received, held, quarantined, failed, senders, strikes] = await Promise.all([
    count(),
    count({ moderation: 'held' }),
    count({ moderation: 'quarantined' }),
    count({ state: 'failed' }),
    api.GET('/api/v1/senders', { params: { query: { address: from } }, signal }),
    readStrikes(from, signal),
  ]);
  return { received, held, quarantined, failed, sender: bodyOf(senders).items[0], strikes };
}

/** What counts against a sender at present. */
export async function readStrikes(address: string, signal: AbortSignal): Promise<Strikes[]> {
  const params = { query: { address } };
  return bodyOf(await api.GET('/api/v1/senders/strikes', { params, signal })).items;
}

/** How many there are that are not deleted. @param filter as of the list */
export async function countMedia(filter: object, signal: AbortSignal): Promise<number> {
  const query = { ...filter, unit: 'month', timeZone: 'UTC', limit: 1000 } as const;
  const { items } = bodyOf(await api.GET('/api/v1/media/buckets', { params: { query }, signal }));
  return items.reduce((sum, { count }) => sum + count, 0);
}

/** The entry that catches what has these bytes; null for none. */
export async function readBlocklistEntry(
  sha256: string,
  { signal }: Options,
): Promise<BlocklistEntry | null> {
  const params = { query: { kind: 'sha256', hash: sha256 } } as const;
  return bodyOf(await api.GET('/api/v1/blocklist', { params, signal })).items[0] ?? null;
}

/** Open ones. */
export async function readReports(
  sid: string,
  { signal }: Partial<Options> = {},
): Promise<Report[]> {
  const params = { path: { sid }, query: { limit: 200 } };
  const answer = await api.GET('/api/v1/media/{sid}/reports', { params, signal: signal ?? null });
  return bodyOf(answer).items.filter(({ state }) => state === 'open');
}

/** What notes may be about. */
export type NoteTarget = { mediaSid: string } | { messageSid: string } | { sender: string };

/** Those about any of some things, oldest first. */
export async function readNotes(
  about: readonly NoteTarget[],
  { signal }: Options,
): Promise<Note[]> {
  const answers = await Promise.all(
    about.map((target) =>
      api.GET('/api/v1/notes', { params: { query: { ...target, limit: 200 } }, signal }),
    ),
  );
  return answers
    .flatMap((answer) => bodyOf(answer).items)
    .toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/** So many look-alikes are shown. */
const MOST_ALIKE = 12;

/** Attachments with the same bytes, and those that look alike, nearest first: found without a look at it. */
export async function readLookAlikes(sid: string, { signal }: Options): Promise<SimilarToMedia> {
  const params = { path: { sid }, query: { limit: MOST_ALIKE } };
  return bodyOf(await api.GET('/api/v1/media/{sid}/similar', { params, signal }));
}

/** Who works on the same queue, by name, without the reader's own claims. */
export async function readOthers(queue: QueueName, { signal }: Options): Promise<Claim[]> {
  const params = { query: { limit: 200 } };
  const { items } = bodyOf(await api.GET('/api/v1/claims', { params, signal }));
  return items.filter((claim) => claim.queue === queue && !claim.isMine);
}
