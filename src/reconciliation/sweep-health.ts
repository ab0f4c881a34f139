import type { Database } from '../database/database.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';

/** The health of the sweeps of all processes. */
interface SweepHealth {
  /** Reports the accounts whose last sweep failed: when and why, and when the last one succeeded. */
  check: ReadinessCheck;
  /**
   * The start of the last complete sweep of the account whose sweep is the oldest, in Unix seconds; 0
   * while an account has had none.
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
        // A database outage is reported by its own check.
        .catch(() => []);
      if (failed.length === 0) return undefined;
      const failures = failed.map(({ accountSid, sweptUntil, failedAt, error }) => {
        const success =
          sweptUntil === null ? 'none succeeded yet' : `the last success was ${iso(sweptUntil)}`;
        return `the sweep of ${accountSid} failed ${iso(failedAt)}: ${error}; ${success}`;
      });
      return failures.join('. ');
    },
    async lastSuccess() {
      const sids = [...accounts()];
      try {
        const rows = await prisma.accountSweep.findMany({ where: { accountSid: { in: sids } } });
        const times = rows.map(({ sweptUntil }) => (sweptUntil?.getTime() ?? 0) / 1000);
        known = times.length < sids.length ? 0 : Math.min(...times);
      } catch {
        // The other metrics must be available while the database is down.
      }
      return known;
    },
  };
}

function iso(time: Date | null): string {
  return time?.toISOString() ?? '';
}
