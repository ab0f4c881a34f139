import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Database } from '../database/database.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { ReadinessCheck } from '../http/health-router.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import { createAskClassifier } from './ask-classifier.ts';
import type { Scan } from './create-gate.ts';
import { createScan } from './create-scan.ts';
import { createScanAgain, resendScans } from './scan-again.ts';
import { createScanHealth } from './scan-health.ts';
import { createScanner, SCAN_CONCURRENCY } from './scanner.ts';

/** The classifier of the configuration, or what stands in where there is none. */
export interface Scanning {
  scan: Scan;
  /** The job of that name. */
  scanAgain: JobHandler<'scan-again'>;
  /** Gives files that wait for it, and may have lost their job, a new one. */
  resend: () => Promise<void>;
  /** How many jobs may wait for it besides those that decode. */
  concurrency: number;
  check: ReadinessCheck | undefined;
}

const NO_SCANNING: Scanning = {
  scan: async () => ({ judgement: null }),
  scanAgain: async () => undefined,
  resend: async () => undefined,
  concurrency: 0,
  check: undefined,
};

export function createScanning(deps: {
  config: Pick<Config, 'scan'>;
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  metrics: Pick<Metrics, 'scans' | 'scanSeconds' | 'gauge'>;
  log: Logger;
}): Scanning {
  const { database, queue, blobs, metrics, log } = deps;
  const config = deps.config.scan;
  if (config === undefined) return NO_SCANNING;
  const health = createScanHealth(config.url, log);
  const scanner = createScanner({
    ...{ blobs, config, health, log },
    ask: createAskClassifier(config),
    onScan(outcome, seconds) {
      metrics.scans.inc({ outcome });
      if (outcome !== 'skipped') metrics.scanSeconds.observe(seconds);
    },
  });
  metrics.gauge(
    'mms_inbox_scans_waiting',
    'Files that the classifier has given no verdict of and is to be asked about again',
    () =>
      database.prisma.blob.count({ where: { scanDueAt: { not: null } } }).catch(() => Number.NaN),
  );
  return {
    scan: createScan({ database, queue, policy: config.failure, scanner, log }),
    scanAgain: createScanAgain({ database, queue, scanner, log }),
    resend: () => resendScans(database, queue),
    concurrency: SCAN_CONCURRENCY,
    check: health.check,
  };
}
