import { api, bodyOf } from '../api/client.ts';
import type { Claim, MediaItem, Note, Report, Sender, SimilarMedia } from '../api/types.ts';
import type { sourcesOf } from '../viewer/media-sources.ts';
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
}

export async function readSender(from: string, { signal }: Options): Promise<SenderHistory> {
  const count = (query: { moderation?: 'held' | 'quarantined'; state?: 'failed' } = {}) =>
    countMedia({ from, ...query }, signal);
  const [received, held, quarantined, failed, senders] = await Promise.all([
    count(),
    count({ moderation: 'held' }),
    count({ moderation: 'quarantined' }),
    count({ state: 'failed' }),
    api.GET('/api/v1/senders', { params: { query: { address: from } }, signal }),
  ]);
  return { received, held, quarantined, failed, sender: bodyOf(senders).items[0] };
}

/** How many there are that are not deleted. @param filter as of the list */
export async function countMedia(filter: object, signal: AbortSignal): Promise<number> {
  const query = { ...filter, unit: 'month', timeZone: 'UTC', limit: 1000 } as const;
  const { items } = bodyOf(await api.GET('/api/v1/media/buckets', { params: { query }, signal }));
  return items.reduce((sum, { count }) => sum + count, 0);
}

/** Open ones. */
export async function readReports(sid: string, { signal }: Options): Promise<Report[]> {
  const params = { path: { sid } };
  const answer = await api.GET('/api/v1/media/{sid}/reports', { params, signal });
  return bodyOf(answer).items.filter(({ state }) => state === 'open');
}

/** Those about the attachment, its message and its sender, oldest first. */
export async function readNotes(item: MediaItem, { signal }: Options): Promise<Note[]> {
  const about = [
    { mediaSid: item.sid },
    { messageSid: item.messageSid },
    ...(item.from ? [{ sender: item.from }] : []),
  ];
  const answers = await Promise.all(
    about.map((query) => api.GET('/api/v1/notes', { params: { query }, signal })),
  );
  return answers
    .flatMap((answer) => bodyOf(answer).items)
    .toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

export type LookAlike = SimilarMedia['items'][number];

/** Of one that was revealed, or is visible: what can be compared. */
const MOST_ALIKE = 12;

/**
 * Attachments with the same bytes, and those that look alike, nearest first. Before one that is held back is revealed, only
 * the bytes are known here.
 *
 * @param isSeen whether its picture may be read
 */
export async function readLookAlikes(
  item: MediaItem,
  isSeen: boolean,
  sources: ReturnType<typeof sourcesOf>,
  { signal }: Options,
): Promise<LookAlike[]> {
  const { sid, sha256, preview } = item;
  if (sha256 === null) return [];
  const isPicture = preview?.kind === 'image' || preview?.kind === 'animation';
  const [same, alike] = await Promise.all([
    readSameBytes(sha256, signal),
    isSeen && isPicture ? findAlike(sources.thumbnail('large'), signal) : [],
  ]);
  const known = new Set([sid, ...same.map(({ media }) => media.sid)]);
  return [
    ...same.filter(({ media }) => media.sid !== sid),
    ...alike.filter(({ media }) => !known.has(media.sid)),
  ].slice(0, MOST_ALIKE);
}

async function readSameBytes(sha256: string, signal: AbortSignal): Promise<LookAlike[]> {
  const query = { sha256, limit: MOST_ALIKE + 1 };
  const { items } = bodyOf(await api.GET('/api/v1/media', { params: { query }, signal }));
  return items.map((media) => ({ distance: 0, media }));
}

/** A thumbnail is within some bits of its picture. */
async function findAlike(thumbnail: string, signal: AbortSignal): Promise<LookAlike[]> {
  const picture = await fetch(thumbnail, { signal });
  if (!picture.ok) return [];
  const form = new FormData();
  form.append('file', await picture.blob());
  form.append('limit', String(MOST_ALIKE + 1));
  const answer = await api.POST('/api/v1/media/similar', {
    // The types want a text; what is sent is the form.
    body: { file: '' },
    bodySerializer: () => form,
    signal,
  });
  return bodyOf(answer).items;
}

/** Who works on the same queue, by name, without the reader's own claims. */
export async function readOthers(queue: QueueName, { signal }: Options): Promise<Claim[]> {
  const params = { query: { limit: 200 } };
  const { items } = bodyOf(await api.GET('/api/v1/claims', { params, signal }));
  return items.filter((claim) => claim.queue === queue && !claim.isMine);
}
