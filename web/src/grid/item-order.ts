import type { MediaItem } from '../api/types.ts';
import { COMMON_ASPECT, shownAspect } from './rows.ts';

/** The order of the grid: newest message first, the attachments of a message in theirs. Negative: `a` comes first. */
export function compareItems(a: MediaItem, b: MediaItem): number {
  if (a.receivedAt !== b.receivedAt) return a.receivedAt < b.receivedAt ? 1 : -1;
  if (a.messageSid !== b.messageSid) return a.messageSid < b.messageSid ? 1 : -1;
  return a.index - b.index;
}

/** Width through height of its tile: of the picture or, for what has no size, of its preview. */
export function itemAspect({ width, height, preview }: MediaItem): number {
  if (width !== null && height !== null) return shownAspect(width, height);
  const small = preview?.sizes.small;
  return small ? shownAspect(small.width, small.height) : COMMON_ASPECT;
}
