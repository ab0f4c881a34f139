import type { Database } from '../database/database.ts';
import { AppError } from '../errors/app-error.ts';
import { validate } from '../http/validate.ts';
import { mediaPath } from './list-query.ts';
import { MEDIA_INCLUDE, type MediaRow } from './media-item.ts';
import type { Sight } from './visibility.ts';

/**
 * The media that a path names.
 *
 * @param params of the route: `sid`
 * @throws AppError `not_found`, also for what the reader may not know of, and `media_deleted`
 */
export type FindMedia = (params: unknown, sight: Sight) => Promise<MediaRow>;

export function createFindMedia({ prisma }: Database): FindMedia {
  return async (params, sight) => {
    const { sid } = validate(mediaPath, params);
    const row = await prisma.media.findUnique({ where: { sid }, include: MEDIA_INCLUDE });
    if (row === null || (sight === 'visible' && row.moderation !== 'visible')) {
      throw new AppError('not_found', 'There is no media with this sid.');
    }
    if (row.state === 'deleted') {
      throw new AppError('media_deleted', 'This media was deleted; nothing of it is left here.');
    }
    return row;
  };
}
