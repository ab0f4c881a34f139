import { recordAudit } from '../../audit/record-audit.ts';
import type { Database } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { Decider } from '../apply-decision.ts';

/**
 * Keeps a media from retention, or gives it back to it. What is so already stays so.
 *
 * @throws AppError `not_found`, `media_deleted`
 */
export type PinMedia = (sid: string, pinned: boolean, decider: Decider) => Promise<void>;

export function createPinMedia({ prisma }: Database): PinMedia {
  return (sid, pinned, { actor, reasonCode, reason }) =>
    prisma.$transaction(async (tx) => {
      const { count } = await tx.media.updateMany({
        where: { sid, pinned: !pinned, state: { not: 'deleted' } },
        data: { pinned },
      });
      if (count === 0) {
        const media = await tx.media.findUnique({ where: { sid }, select: { state: true } });
        if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
        if (media.state === 'deleted') throw new AppError('media_deleted', 'It was deleted.');
        return;
      }
      const action = pinned ? 'media.pin' : 'media.unpin';
      const before = { pinned: !pinned };
      const what = { actor, action, target: sid, reasonCode, reason } as const;
      await recordAudit(tx, [{ ...what, before, after: { pinned } }]);
    });
}
