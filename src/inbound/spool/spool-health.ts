import type { ReadinessCheck } from '../../http/health-router.ts';
import type { MessageSpool } from './message-spool.ts';

/**
 * What `/readyz` says of a receiver's database and spool: while the database is down, webhooks are
 * kept in the spool, and a load balancer must go on sending them.
 */
export function spoolHealth(
  ping: () => Promise<void>,
  spool: MessageSpool,
): { database: ReadinessCheck; spool: ReadinessCheck } {
  return {
    async database() {
      try {
        await ping();
        return undefined;
      } catch (error) {
        await spool.checkWritable().catch(() => {
          throw error;
        });
        const trouble = isOutOfRoom(error) ? 'has no room left on its disk' : 'does not answer';
        return `${trouble}; webhooks are spooled`;
      }
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
  return (error as NodeJS.ErrnoException).code === 'ENOSPC';
}
