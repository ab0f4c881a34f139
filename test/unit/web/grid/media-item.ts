import type { MediaItem } from '../../../../web/src/api/types.ts';

/** A stored picture; `n` counts from 0, the newest, at a second's distance. */
export function mediaItem(n: number, other: Partial<MediaItem> = {}): MediaItem {
  const hex = (0xfff_ffff - n).toString(16).padStart(32, '0');
  return {
    sid: `ME${hex}`,
    messageSid: `MM${hex}`,
    accountSid: `AC${'1'.repeat(32)}`,
    index: 0,
    state: 'stored',
    reason: null,
    attempts: 1,
    failureCode: null,
    nextAttemptAt: null,
    moderation: 'visible',
    pinned: false,
    contentType: 'image/jpeg',
    declaredContentType: 'image/jpeg',
    fileName: null,
    byteSize: 1000,
    sha256: hex,
    width: 400,
    height: 300,
    preview: null,
    renditions: [],
    details: null,
    from: '+15551234567',
    to: '+15557654321',
    body: '',
    receivedAt: new Date(Date.UTC(2026, 10, 20, 12) - n * 1000).toISOString(),
    firstTriedAt: null,
    fetchedAt: null,
    storedAt: null,
    deletedAt: null,
    ...other,
  };
}

/** A day of November 2026, in UTC. */
export function bucket(day: number, count: number) {
  const at = (date: number) => new Date(Date.UTC(2026, 10, date)).toISOString();
  return { from: at(day), to: at(day + 1), count };
}
