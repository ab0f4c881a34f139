import { createReadStream } from 'node:fs';
import pLimit from 'p-limit';
import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { ScanConfig } from '../../config.ts';
import type { Arrival } from '../../media/gate.ts';
import type { BlobStore } from '../../storage/blob-store.ts';
import type { Database } from '../../storage/database.ts';
import type { Scan } from '../gate/create-gate.ts';
import { type AskClassifier, ScanError } from './ask-classifier.ts';
import { judgeUnscanned, judgeVerdict } from './judge-scan.ts';
import type { ScanVerdict } from './scan-answer.ts';
import type { ScanHealth } from './scan-health.ts';

/** How many files are shown to it at once. */
export const SCAN_CONCURRENCY = 8;

const RETRIES = { retries: 2, minTimeout: 250, factor: 3, randomize: true };

/** What became of a scan, for the metrics. */
export type ScanOutcome = ScanVerdict['action'] | 'failed' | 'skipped';

/**
 * Shows new bytes to the classifier, once: the verdict is kept with them. Where it does not answer,
 * also not when asked again, the configured policy decides, so that nothing waits for it.
 */
export function createScan(deps: {
  database: Database;
  blobs: BlobStore;
  config: ScanConfig;
  ask: AskClassifier;
  health: ScanHealth;
  /** Told of each scan, with its seconds. */
  onScan: (outcome: ScanOutcome, seconds: number) => void;
  log: Logger;
}): Scan {
  const { database, blobs, config, ask, health, onScan, log } = deps;
  const oneOfFew = pLimit(SCAN_CONCURRENCY);

  return async (arrival, signal) => {
    const { sha256, key, mediaSid } = arrival;
    const known = await database.prisma.blob.findUnique({
      where: { sha256, key },
      select: {
        scan: true,
        media: { where: { sid: mediaSid }, select: { declaredContentType: true } },
      },
    });
    if (known === null) return null;
    const declaredContentType = known.media[0]?.declaredContentType ?? null;
    if (known.scan !== null) return judgeVerdict(known.scan as unknown as ScanVerdict);
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    try {
      const askOnce = () => show(arrival, declaredContentType, signal);
      const verdict = await oneOfFew(() => askOften(askOnce, signal));
      health.answered();
      onScan(verdict.action, seconds());
      log.info({ mediaSid, action: verdict.action, labels: verdict.labels }, 'media scanned');
      await database.prisma.blob.updateMany({ where: { sha256, key }, data: { scan: verdict } });
      return judgeVerdict(verdict);
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      onScan(error instanceof NotAsked ? 'skipped' : 'failed', seconds());
      log.warn({ mediaSid, policy: config.failure }, `media not scanned: ${error.message}`);
      return config.failure === 'hold' ? judgeUnscanned(error.message) : null;
    }
  };

  function askOften(
    askOnce: () => Promise<ScanVerdict>,
    signal: AbortSignal,
  ): Promise<ScanVerdict> {
    // Asked here and not before: others may have found out while this one waited for its turn.
    if (!health.mayAsk()) throw new NotAsked();
    return pRetry(askOnce, {
      ...RETRIES,
      signal,
      shouldRetry: ({ error }) => error instanceof ScanError && error.isTransient,
    }).catch((error: Error) => {
      if (error instanceof ScanError && health.failed(error.message)) {
        // Path and query may be what lets us in.
        const { origin } = new URL(config.url);
        log.error({ origin }, `the classifier fails: ${error.message}`);
      }
      throw error;
    });
  }

  function show(
    arrival: Arrival,
    declaredContentType: string | null,
    signal: AbortSignal,
  ): Promise<ScanVerdict> {
    const { mediaSid, sha256 } = arrival;
    const shown = shownOf(arrival, config.content);
    return blobs.withLocalFile(shown.key, (path) => {
      const { contentType, byteSize } = shown;
      const open = () => createReadStream(path);
      const question = { mediaSid, sha256, declaredContentType, contentType, byteSize, open };
      return ask(question, signal);
    });
  }
}

/** It failed several times just now. */
class NotAsked extends ScanError {
  constructor() {
    super('it has failed several times in a row', true);
  }
}

function shownOf(arrival: Arrival, content: ScanConfig['content']) {
  const large = arrival.previews.find(({ size }) => size === 'large');
  if (content === 'thumbnail' && large !== undefined) return large;
  const { key, byteSize, contentType } = arrival;
  return { key, byteSize, contentType: contentType ?? 'application/octet-stream' };
}
