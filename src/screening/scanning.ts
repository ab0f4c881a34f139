import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';
import { createAskClassifier } from './ask-classifier.ts';
import {
  judgeUnscanned,
  judgeVerdict,
  ScanError,
  type ScanOptions,
  scanVerdict,
} from './classifier.ts';
import { createScanAgain, resendScans } from './scan-again.ts';
import { createScanHealth, FIRST_PAUSE_MS, type ScanHealth } from './scan-health.ts';
import { createScanner, SCAN_CONCURRENCY, type Scanner } from './scanner.ts';
import type { Scan } from './screening.ts';

/** The configured classifier; without one nothing is scanned. */
interface Scanning {
  scan: Scan | undefined;
  /** Handler of the job `scan-again`. */
  scanAgain: JobHandler<'scan-again'>;
  /** Queues `scan-again` if files are due, in case their job was lost. */
  resend: () => Promise<void>;
  /** How many jobs may wait for the classifier in addition to those that decode. */
  concurrency: number;
  check: ReadinessCheck | undefined;
}

const NO_SCANNING: Scanning = {
  scan: undefined,
  scanAgain: async () => undefined,
  resend: async () => undefined,
  concurrency: 0,
  check: undefined,
};

export function createScanning(deps: {
  /** Undefined when no classifier is configured. */
  options: ScanOptions | undefined;
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  metrics: Pick<Metrics, 'scans' | 'scanSeconds' | 'gauge'>;
  log: Logger;
}): Scanning {
  const { database, queue, blobs, metrics, log } = deps;
  const config = deps.options;
  if (config === undefined) return NO_SCANNING;
  const health = createScanHealth(config.url, log);
  const scanner = createScanner({
    blobs,
    config,
    health,
    log,
    ask: createAskClassifier(config),
    onScan(outcome, seconds) {
      metrics.scans.inc({ outcome });
      if (outcome !== 'skipped') metrics.scanSeconds.observe(seconds);
    },
  });
  metrics.gauge(
    'mms_inbox_scans_waiting',
    'Files without a verdict that are to be sent to the classifier again',
    () =>
      database.prisma.blob.count({ where: { nextScanAt: { not: null } } }).catch(() => Number.NaN),
  );
  return {
    scan: createScan({
      database,
      queue,
      policy: config.failure,
      scanner,
      isOut: health.isOut,
      log,
    }),
    scanAgain: createScanAgain({ database, queue, scanner, isOut: health.isOut, log }),
    resend: () => resendScans(database, queue),
    concurrency: SCAN_CONCURRENCY,
    check: health.check,
  };
}

/**
 * Scans new bytes once: the verdict is stored with the blob. Without a verdict the configured policy
 * decides, so that attachments do not wait for the classifier, and the file is scanned again later.
 */
function createScan(deps: {
  database: Database;
  queue: JobQueue;
  policy: ScanOptions['failure'];
  scanner: Scanner;
  isOut: ScanHealth['isOut'];
  log: Logger;
}): Scan {
  const { database, queue, policy, scanner, log } = deps;

  return async (input, signal) => {
    const { sha256, key, mediaSid } = input;
    const known = await database.prisma.blob.findUnique({
      where: { sha256, key },
      select: {
        scan: true,
        media: { where: { sid: mediaSid }, select: { declaredContentType: true } },
      },
    });
    if (known === null) return { judgement: null };
    // A verdict that another release stored in another format is requested again.
    const stored = scanVerdict.safeParse(known.scan);
    if (stored.success) return { judgement: judgeVerdict(stored.data) };
    const declaredContentType = known.media[0]?.declaredContentType ?? null;
    try {
      const verdict = await scanner({ ...input, declaredContentType }, signal);
      await database.prisma.blob.updateMany({ where: { sha256, key }, data: { scan: verdict } });
      return { judgement: judgeVerdict(verdict) };
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      const level = deps.isOut() ? 'debug' : 'warn';
      log[level]({ mediaSid, policy }, `media not scanned: ${error.message}`);
      return {
        judgement: policy === 'hold' ? judgeUnscanned(error.message) : null,
        async keep(tx) {
          const nextScanAt = new Date(Date.now() + FIRST_PAUSE_MS);
          await tx.blob.updateMany({
            where: { sha256, key, scan: { equals: Prisma.DbNull } },
            data: { nextScanAt, scanAttempts: 1 },
          });
          const job = { payload: {}, startAfter: nextScanAt };
          await queue.sendOrBringForward(tx, 'scan-again', [job]);
        },
      };
    }
  };
}
