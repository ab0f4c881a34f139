import pTimeout from 'p-timeout';
import type { Config } from '../config/config.ts';
import type { Database } from '../database/database.ts';
import { checkClock } from '../doctor/check-clock.ts';
import { checkPublicUrl } from '../doctor/check-public-url.ts';
import { type Finding, problem } from '../doctor/finding.ts';
import type { ReportPreviews } from '../http/monitoring-router.ts';
import { readDueJobs } from '../jobs/due-jobs.ts';
import { shareFor, shareForASecond } from '../lifecycle/share-results.ts';
import { PROCESS_NAME } from '../monitoring/process-name.ts';
import { createStateTimes, type Readiness } from '../monitoring/readiness.ts';
import { VERSION } from '../monitoring/version.ts';
import { readLastVerification } from '../verification/verification-health.ts';
import type { Health } from './health-operations.ts';
import {
  type JudgedPart,
  judgeArrivals,
  judgeDisks,
  judgePart,
  judgePreviews,
  judgeVerification,
  ofFinding,
  onlyWorkersSee,
} from './judge-parts.ts';
import { readArrivals } from './read-arrivals.ts';

export interface HealthDeps {
  config: Pick<Config, 'roles' | 'publicUrl' | 'twilioApiBaseUrl' | 'dataDir' | 'blobFolder'>;
  database: Database;
  readReadiness: () => Promise<Readiness>;
  /** Only of a worker. */
  reportPreviews: ReportPreviews | undefined;
}

const ASKED_EVERY_MS = 5 * 60_000;
// An admin's page does not wait for servers that do not answer: the next look has the answer.
const ASKED_MS = 2000;
const STARTED_AT = new Date(Date.now() - process.uptime() * 1000);

/** Reads the health of this process and its deployment, in words. Results are shared for a second. */
export function createReadHealth(deps: HealthDeps): () => Promise<Health> {
  const { config, database, readReadiness, reportPreviews } = deps;
  const sinceOf = createStateTimes();
  const askClock = shareFor(ASKED_EVERY_MS, () => checkClock(config.twilioApiBaseUrl));
  const askPublicUrl = shareFor(ASKED_EVERY_MS, () => checkPublicUrl(config.publicUrl));

  return shareForASecond(async () => {
    const [readiness, disk, clock, publicUrl, previews, arrivals, dueJobs, verified, heartbeatAt] =
      await Promise.all([
        readReadiness(),
        judgeDisks([config.dataDir, config.blobFolder]),
        soon('clock', askClock),
        soon('publicUrl', askPublicUrl),
        judgePreviews(reportPreviews),
        orNull(readArrivals(database)),
        orNull(readDueJobs(database)),
        readLastVerification(database).catch(() => 'unknown' as const),
        orNull(database.prisma.workerHeartbeat.findFirst().then((beat) => beat?.at ?? null)),
      ]);
    const judged: JudgedPart[] = [
      ...[...readiness.parts].map(([name, part]) => judgePart(name, part)),
      ...onlyWorkersSee(readiness),
      judgeArrivals(arrivals),
      judgeVerification(verified),
      ofFinding('disk', disk, 'There is room on the disks.', 'A disk is nearly full.'),
      ofFinding(
        'clock',
        clock,
        'The clock agrees with Twilio’s.',
        'The clock differs from Twilio’s.',
      ),
      ofFinding(
        'publicUrl',
        publicUrl,
        'PUBLIC_URL leads to this server, as seen from this machine.',
        'PUBLIC_URL does not lead to this server, as seen from this machine: Twilio may not reach it.',
      ),
      ...previews,
    ];
    const parts = judged.map((part) => ({
      ...part,
      since: readiness.parts.get(part.name)?.since ?? sinceOf(part.name, part.state),
    }));
    const isOk = parts.every(({ state }) => state === 'ok' || state === 'unknown');
    return {
      status: readiness.status === 'not ready' ? 'not ready' : isOk ? 'ready' : 'degraded',
      process: {
        name: PROCESS_NAME,
        version: VERSION,
        roles: [...config.roles],
        startedAt: STARTED_AT,
      },
      parts: parts.toSorted((one, other) => RANKS[one.state] - RANKS[other.state]),
      heartbeatAt,
      lastWebhookAt: arrivals?.lastWebhookAt ?? null,
      dueJobs: (dueJobs ?? []).map(({ name, oldestDueAt }) => ({ name, oldestDueAt })),
    };
  });
}

const RANKS = { unavailable: 0, degraded: 1, unknown: 2, ok: 3 } as const;

/** Null when the database does not answer: its own part says so. */
function orNull<T>(read: Promise<T>): Promise<T | null> {
  return read.catch(() => null);
}

/** What a check says within two seconds. */
function soon(name: string, ask: () => Promise<Finding>): Promise<Finding> {
  return pTimeout(ask(), {
    milliseconds: ASKED_MS,
    fallback: () =>
      problem('skipped', name, 'There is no answer yet.', 'Look again in some seconds.'),
  });
}
