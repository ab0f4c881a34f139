import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import type { ReadinessCheck } from '../../http/health-router.ts';
import type { Metrics } from '../../http/metrics.ts';
import type { BlobStore } from '../../storage/blob-store.ts';
import type { Database } from '../../storage/database.ts';
import type { Scan } from '../gate/create-gate.ts';
import { createAskClassifier } from './ask-classifier.ts';
import { createScan, SCAN_CONCURRENCY } from './create-scan.ts';
import { createScanHealth } from './scan-health.ts';

/** The classifier of the configuration, or what stands in where there is none. */
export interface Scanning {
  scan: Scan;
  /** How many jobs may wait for it besides those that decode. */
  concurrency: number;
  check: ReadinessCheck | undefined;
}

export function createScanning(deps: {
  config: Pick<Config, 'scan'>;
  database: Database;
  blobs: BlobStore;
  metrics: Pick<Metrics, 'scans' | 'scanSeconds'>;
  log: Logger;
}): Scanning {
  const { database, blobs, metrics, log } = deps;
  const config = deps.config.scan;
  if (config === undefined) return { scan: async () => null, concurrency: 0, check: undefined };
  const health = createScanHealth();
  const scan = createScan({
    ...{ database, blobs, config, health, log },
    ask: createAskClassifier(config),
    onScan(outcome, seconds) {
      metrics.scans.inc({ outcome });
      if (outcome !== 'skipped') metrics.scanSeconds.observe(seconds);
    },
  });
  return { scan, concurrency: SCAN_CONCURRENCY, check: health.check };
}
