import { type Signal, signal } from '@preact/signals';
import { ApiProblem, isGone } from '../api/api-problem.ts';
import { api, bodyOf } from '../api/client.ts';
import type { MediaItem, MediaLinks } from '../api/types.ts';
import { itemOf } from '../grid/neighbours.ts';
import { caller } from '../session/session.ts';

/** An attachment that is open, or beside the one that is open. */
export interface OpenedMedia {
  /** Undefined until it was read; the last that was known of one that is gone. */
  item?: MediaItem | undefined;
  /** `hidden`: not there for this person, be it held back or unknown. */
  gone?: 'deleted' | 'hidden';
  /** Why it could not be read. */
  problem?: Error;
  /** Of one that is held back: what shows it, after the moderator has asked to see it. */
  revealed?: MediaLinks | undefined;
}

const opened = new Map<string, Signal<OpenedMedia>>();

/** What is known of an attachment; it changes as it is read. */
export function openedMedia(sid: string): Signal<OpenedMedia> {
  let media = opened.get(sid);
  if (media === undefined) {
    const item = itemOf(sid);
    media = signal(item === undefined ? {} : { item });
    opened.set(sid, media);
  }
  return media;
}

export function isOpened(sid: string): boolean {
  return opened.has(sid);
}

/** Those of a message. */
export function openedOfMessage(messageSid: string): string[] {
  return [...opened]
    .filter(([, { value }]) => value.item?.messageSid === messageSid)
    .map(([sid]) => sid);
}

/** Reads it again. */
export async function refreshMedia(sid: string): Promise<void> {
  const media = openedMedia(sid);
  try {
    const item = bodyOf(await api.GET('/api/v1/media/{sid}', { params: { path: { sid } } }));
    // Links of a reveal are for as long as it is held back.
    const revealed = item.moderation === 'visible' ? undefined : media.peek().revealed;
    media.value = item.state === 'deleted' ? { item, gone: 'deleted' } : { item, revealed };
  } catch (error) {
    if (isGone(error)) markGone(sid, error);
    else media.value = { ...media.peek(), problem: error as Error };
  }
}

/** @param error a 404 of the API */
export function markGone(sid: string, error: unknown): void {
  const media = openedMedia(sid);
  const isDeleted = error instanceof ApiProblem && error.code === 'media_deleted';
  media.value = { item: media.peek().item, gone: isDeleted ? 'deleted' : 'hidden' };
}

/**
 * Shows one that is held back, and all that are open with the same bytes; the server records it once.
 *
 * @throws ApiProblem
 */
export async function revealMedia(sid: string): Promise<void> {
  await readLinks(sid);
  for (const other of opened.keys()) void revealCopy(other);
}

async function readLinks(sid: string): Promise<void> {
  const answer = await api.POST('/api/v1/media/{sid}/reveal', { params: { path: { sid } } });
  const media = openedMedia(sid);
  const revealed = bodyOf(answer);
  media.value = { ...media.peek(), revealed };
  // By the clock of the server alone.
  const now = Date.parse(answer.response.headers.get('date') ?? '');
  const lastsMs = Date.parse(revealed.expiresAt) - now;
  const sha256 = media.peek().item?.sha256;
  if (sha256) revealedUntil.set(bytesOf(sha256), performance.now() + lastsMs);
  window.setTimeout(() => {
    // The links are of no use any more; it can be revealed again.
    if (media.peek().revealed === revealed) media.value = { ...media.peek(), revealed: undefined };
  }, lastsMs);
}

/** Until when bytes may be shown that a moderator has revealed; by `performance.now()`. */
const revealedUntil = new Map<string, number>();
/** Somebody else may have signed in since. */
const bytesOf = (sha256: string) => `${caller.peek()?.name} ${sha256}`;
/** Shorter than this is not worth a request; the server would record it as another reveal. */
const WORTH_MS = 10_000;

/**
 * Shows one that is held back, if its bytes were revealed with another attachment a moment ago: the server has recorded that,
 * and records nothing again.
 *
 * @returns whether it is shown
 */
export async function revealCopy(sid: string): Promise<boolean> {
  const { item, gone, revealed } = openedMedia(sid).peek();
  if (!item?.sha256 || gone !== undefined || revealed !== undefined) return false;
  if (item.state !== 'stored' || item.moderation === 'visible') return false;
  const until = revealedUntil.get(bytesOf(item.sha256)) ?? 0;
  if (until - performance.now() < WORTH_MS) return false;
  // It stays covered without an answer, and can be revealed by hand.
  return readLinks(sid).then(
    () => true,
    () => false,
  );
}

/** Forgets what was read: the next time it is opened, it is read anew. */
export function forgetMedia(): void {
  opened.clear();
}
