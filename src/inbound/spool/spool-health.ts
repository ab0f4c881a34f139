import type { Database } from '../../database/database.ts';
import { codeOf } from '../../errors/caught.ts';
import type { ReadinessCheck } from '../../monitoring/readiness.ts';
import type { MessageSpool } from './message-spool.ts';

/**
 * What `/readyz` says of a receiver's database and spool: while the database is down or busy, webhooks
 * are kept in the spool, and a load balancer must go on sending them.
 */
export function spoolHealth(
  { ping, busy }: Pick<Database, 'ping' | 'busy'>,
  spool: MessageSpool,
): { database: ReadinessCheck; spool: ReadinessCheck } {
  return {
    async database() {
      try {
        if (!busy.isBusy()) {
          await ping();
          return undefined;
        }
      } catch (error) {
        await spool.checkWritable().catch(() => {
          throw error;
        });
        const trouble = isOutOfRoom(error) ? 'has no room left on its disk' : 'does not answer';
        return `${trouble}; webhooks are spooled`;
      }
      await spool.checkWritable();
      return 'is busy with one long statement; webhooks are spooled';
    },
    async spool() {
      const { messages, rejected } = spool.size();
      const isWritable = await spool.checkWritable().then(
        () => true,
        () => false,
      );
      const troubles = [
        ...(isWritable ? [] : ['full or not writable']),
        ...(messages === 0 ? [] : [`messages that wait for the database: ${messages}`]),
        ...(rejected === 0 ? [] : [`messages set aside: ${rejected}`]),
      ];
      return troubles.length === 0 ? undefined : troubles.join('; ');
    },
  };
}

function isOutOfRoom(error: unknown): boolean {
  return codeOf(error) === 'ENOSPC';
}
