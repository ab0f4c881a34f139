import type { Database } from '../../database/database.ts';
import { codeOf } from '../../errors/caught.ts';
import type { ReadinessCheck } from '../../monitoring/readiness.ts';
import type { MessageSpool } from './message-spool.ts';

/**
 * Readiness of a receiver's database and spool. While the database is down or busy, webhooks are stored in
 * the spool, so the receiver stays ready: a load balancer must keep sending them.
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
        const problem = isOutOfRoom(error) ? 'has no room left on its disk' : 'does not answer';
        return `${problem}; webhooks are spooled`;
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
      const problems = [
        ...(isWritable ? [] : ['full or not writable']),
        ...(messages === 0 ? [] : [`messages that wait for the database: ${messages}`]),
        ...(rejected === 0 ? [] : [`messages set aside: ${rejected}`]),
      ];
      return problems.length === 0 ? undefined : problems.join('; ');
    },
  };
}

function isOutOfRoom(error: unknown): boolean {
  return codeOf(error) === 'ENOSPC';
}
