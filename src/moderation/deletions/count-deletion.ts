import type { Database } from '../../database/database.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { type DeleteRequest, deletedBefore } from './delete-media.ts';
import { selectScope } from './deletion-scope.ts';

/**
 * Counts what a delete would reach now; nothing is changed or kept.
 *
 * @throws AppError what the delete would throw: `not_found`, `media_deleted`, `invalid_request`
 */
export type CountDeletion = (
  request: Required<Pick<DeleteRequest, 'sid' | 'scope' | 'withMessages'>>,
) => Promise<{ media: number; messages: number }>;

export function createCountDeletion(database: Database): CountDeletion {
  return async (request) => {
    const { media, messages } = await selectScope(database, request);
    const [counts] = await database.prisma.$queryRaw<[{ media: number; messages: number }]>`
      SELECT
        (SELECT count(*)::int FROM media WHERE state <> 'deleted' AND ${media}) AS media,
        (SELECT count(*)::int FROM message
          WHERE deleted_at IS NULL AND ${messages ?? Prisma.sql`false`}) AS messages`;
    if (counts.media + counts.messages === 0) throw deletedBefore();
    return counts;
  };
}
