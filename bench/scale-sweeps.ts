import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { removeExpiredSessions } from '../src/auth/sessions.ts';
import { openDatabase } from '../src/database/open-database.ts';
import { pruneEvents } from '../src/events/event-outbox.ts';
import { createDiskBlobStore } from '../src/files/disk-blob-store.ts';
import { newBlobKey } from '../src/files/file-names.ts';
import { removeExpiredAnswers } from '../src/http/idempotency.ts';
import { removeOldRefusals } from '../src/inbound/refusals/refused-webhooks.ts';
import { createPgBossQueue } from '../src/jobs/pg-boss-queue.ts';
import { registerFileWriter } from '../src/media/file-writer.ts';
import { resendStrandedJobs, sweepOrphans } from '../src/media/housekeeping.ts';
import { removeOldActs, resendActs } from '../src/moderation/acts/act-housekeeping.ts';
import { removeOldBulkActs } from '../src/moderation/bulk/bulk-housekeeping.ts';
import { resendDeletionJobs } from '../src/moderation/deletions/retry-deletion.ts';
import { watchStuckDeletions } from '../src/moderation/deletions/stuck-deletions.ts';
import { createSweepRetention } from '../src/moderation/retention/retention.ts';
import { createLogger } from '../src/monitoring/logger.ts';
import { SEEDED_SINCE } from '../test/support/seed-rows.ts';
import type { Deployment } from './scale-deployment.ts';
import type { Compared } from './scale-ratios.ts';

const DAY_MS = 86_400_000;
/** Each is looked up in three tables twice, and removed. */
const ORPHANS = 50;

/** What runs by itself, on the databases of some deployments whose servers are stopped. */
export async function openSweeps(
  deployments: readonly Deployment[],
): Promise<{ sweeps: Compared[]; close(): Promise<void> }> {
  const opened: Awaited<ReturnType<typeof openSweepsOf>>[] = [];
  for (const deployment of deployments) opened.push(await openSweepsOf(deployment));
  const [first] = opened;
  return {
    sweeps: Object.keys(first?.sweeps ?? {}).map((name) => ({
      name,
      run: opened.map(({ sweeps }) => sweeps[name] ?? (() => Promise.reject(new Error(name)))),
    })),
    async close() {
      for (const one of opened) await one.close();
    },
  };
}

async function openSweepsOf({ where }: Deployment) {
  const log = createLogger('error');
  const database = await openDatabase(where, log);
  const queue = createPgBossQueue(database, log);
  await queue.start();
  const folder = join(where.dataDir, 'files');
  const ended = await registerFileWriter(database, log);
  await ended.close();
  const leftBehind = await createDiskBlobStore(folder, ended.id);
  const writer = await registerFileWriter(database, log);
  const blobs = await createDiskBlobStore(folder, writer.id);
  const stuck = watchStuckDeletions(database, log);
  const sweepRetention = createSweepRetention({
    database,
    deleteMedia: async () => Promise.reject(new Error('retention must find nothing here')),
    rules: { visible: 1, failed: 1, held: 1, quarantined: 1 },
  });
  const signal = new AbortController().signal;
  const early = new Date(SEEDED_SINCE.getTime() + DAY_MS);

  async function sweepSomeOrphans(): Promise<void> {
    for (let n = 0; n < ORPHANS; n += 1) {
      const key = newBlobKey(leftBehind, n.toString(16).padStart(64, '0'));
      await mkdir(dirname(join(folder, key)), { recursive: true });
      await writeFile(join(folder, key), 'no row has this key');
    }
    const removed = await sweepOrphans({ database, blobs, writer }, signal);
    // More when an earlier run was interrupted.
    if (removed < ORPHANS) throw new Error(`${removed} orphans were removed`);
  }

  const sweeps: Record<string, () => Promise<unknown>> = {
    'retention, nothing is due': () => sweepRetention(early, signal),
    [`orphaned files, ${ORPHANS} of them`]: sweepSomeOrphans,
    'lost jobs of attachments': () => resendStrandedJobs(database, queue),
    'lost jobs of deletions': () => resendDeletionJobs(database, queue),
    'lost jobs of acts': () => resendActs(database, queue),
    'stuck deletions': () => stuck.check(),
    'old events': () => pruneEvents(database),
    'old acts': () => removeOldActs(database),
    'old bulk acts': () => removeOldBulkActs(database),
    'expired idempotency keys': () => removeExpiredAnswers(database),
    'expired sessions': () => removeExpiredSessions(database),
    'old refused webhooks': () => removeOldRefusals(database),
  };
  return {
    sweeps,
    async close() {
      await stuck.stop();
      await writer.close();
      await queue.stop();
      await database.close();
    },
  };
}
