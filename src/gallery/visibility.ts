import { AppError } from '../errors/app-error.ts';
import type { Moderation } from '../generated/prisma/client.ts';

/** How much of what is here a reader may know of: what is held back is absent for most. */
export type Visibility = 'visible' | 'everything';

/**
 * What a reader's lists of media or messages are limited to.
 *
 * @param wanted a filter of theirs
 * @throws AppError `forbidden` for a filter on what they do not see
 */
export function visibilityFilter(
  visibility: Visibility,
  wanted?: Moderation,
): { moderation?: Moderation } {
  if (visibility === 'everything') return wanted === undefined ? {} : { moderation: wanted };
  if (wanted === undefined || wanted === 'visible') return { moderation: 'visible' };
  throw new AppError('forbidden', 'To list what is held back needs the role moderator.');
}
