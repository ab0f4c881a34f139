import { AppError } from '../errors/app-error.ts';
import type { Moderation } from '../generated/prisma/client.ts';

/** What a reader may see: without the role moderator, held-back media and messages are absent. */
export type Visibility = 'visible' | 'everything';

/**
 * The filter that limits a reader's lists of media or messages.
 *
 * @param wanted the filter that the reader requested
 * @throws AppError `forbidden` for a filter on what the reader may not see
 */
export function visibilityFilter(
  visibility: Visibility,
  wanted?: Moderation,
): { moderation?: Moderation } {
  if (visibility === 'everything') return wanted === undefined ? {} : { moderation: wanted };
  if (wanted === undefined || wanted === 'visible') return { moderation: 'visible' };
  throw new AppError('forbidden', 'Listing what is held back requires the role moderator.');
}
