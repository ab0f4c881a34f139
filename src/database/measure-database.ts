import pTimeout from 'p-timeout';
import { shareForASecond } from '../lifecycle/share-results.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import type { Database } from './database.ts';

// A scrape waits no longer for any of its metrics.
const PING_MS = 1500;

/** Whether the database answers this process, and how long that takes, as metrics. */
export function measureDatabase(metrics: Metrics, { ping }: Pick<Database, 'ping'>): void {
  const timePing = shareForASecond(async () => {
    const startedAt = performance.now();
    await pTimeout(ping(), { milliseconds: PING_MS });
    return (performance.now() - startedAt) / 1000;
  });
  metrics.gauge('mms_inbox_database_up', 'Whether the database answers within 1.5 seconds', () =>
    timePing().then(
      () => 1,
      () => 0,
    ),
  );
  metrics.gauge(
    'mms_inbox_database_ping_seconds',
    'How long the database took to answer SELECT 1 at this scrape; NaN when it did not',
    timePing,
  );
}
