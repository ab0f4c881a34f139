import type { Database } from '../database/database.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';

/** How the sweeps go, whichever process makes them. */
interface SweepHealth {
  /** Names the accounts whose last sweep failed: since when nothing was compared, and why. */
  check: ReadinessCheck;
  /**
   * When the last complete sweep began of the account that has waited longest for one, in Unix seconds; 0
   * while one has had none.
   */
  lastSuccess(): Promise<number>;
}

/** @param accounts every account once; they may change meanwhile */
export function createSweepHealth(
  { prisma }: Database,
  accounts: () => readonly string[],
): SweepHealth {
  let known = 0;
  return {
    async check() {
      const failed = await prisma.accountSweep
        .findMany({
          where: { accountSid: { in: [...accounts()] }, error: { not: null } },
          orderBy: { accountSid: 'asc' },
        })
        // A database that does not answer is told by its own check.
        .catch(() => []);
      if (failed.length === 0) return undefined;
      const troubles = failed.map(({ accountSid, sweptUntil, failedAt, error }) => {
        const success =
          sweptUntil === null ? 'none succeeded yet' : `the last success was ${iso(sweptUntil)}`;
        return `the sweep of ${accountSid} failed ${iso(failedAt)}: ${error}; ${success}`;
      });
      return troubles.join('. ');
    },
    async lastSuccess() {
      const sids = [...accounts()];
      try {
        const rows = await prisma.accountSweep.findMany({ where: { accountSid: { in: sids } } });
        const times = rows.map(({ sweptUntil }) => (sweptUntil?.getTime() ?? 0) / 1000);
        known = times.length < sids.length ? 0 : Math.min(...times);
      } catch {
        // Whoever asks for metrics wants the others, too, while the database is down.
      }
      return known;
    },
  };
}

function iso(time: Date | null): string {
  return time?.toISOString() ?? '';
}
