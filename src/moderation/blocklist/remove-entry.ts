import { recordAudit } from '../../audit/record-audit.ts';
import type { Database } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import type { Decider } from '../apply-decision.ts';
import { lockBlocklist } from './blocklist-lock.ts';

/**
 * Takes an entry off the blocklist. What it kept out stays as it is; what comes from now on gets in.
 *
 * @throws AppError `not_found`, also for one that was removed before
 */
export type RemoveEntry = (id: bigint, decider: Decider) => Promise<void>;

export function createRemoveEntry({ prisma }: Database): RemoveEntry {
  return (id, { actor, ...why }) =>
    prisma.$transaction(async (tx) => {
      await lockBlocklist(tx);
      const [entry] = await tx.$queryRaw<{ kind: string; policy: string }[]>`
        UPDATE blocklist_entry SET removed_by = ${actor}, removed_at = now(),
          change = nextval(pg_get_serial_sequence('blocklist_entry', 'change'))
        WHERE id = ${id} AND removed_at IS NULL
        RETURNING kind, policy`;
      if (entry === undefined) {
        throw new AppError('not_found', 'The blocklist has no entry of this number.');
      }
      await recordAudit(tx, [
        { actor, ...why, action: 'blocklist.remove', target: String(id), before: entry },
      ]);
    });
}
