import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import pLimit from 'p-limit';
import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { BlobStore } from '../files/blob-store.ts';
import type { ScreeningInput } from '../preview/screen.ts';
import {
  type AskClassifier,
  ScanError,
  type ScanOptions,
  type ScanQuestion,
  type ScanVerdict,
} from './classifier.ts';
import type { ScanHealth } from './scan-health.ts';

/** How many files are sent to the classifier at once. */
export const SCAN_CONCURRENCY = 8;

const RETRIES = { retries: 2, minTimeout: 250, factor: 3, randomize: true };

/**
 * The outcome of a scan, for the metrics: a verdict, `unjudged` when the classifier answered without one,
 * `failed`, or `skipped` while it is down.
 */
type ScanOutcome = ScanVerdict['action'] | 'unjudged' | 'failed' | 'skipped';

/** The stored bytes to scan. */
type ScanInput = Pick<
  ScreeningInput,
  'mediaSid' | 'sha256' | 'key' | 'byteSize' | 'contentType' | 'previews'
> & { declaredContentType: string | null };

/**
 * Sends bytes to the classifier, with limited concurrency and retries.
 *
 * @throws ScanError; `ScanSkipped` while it is known to be down
 */
export type Scanner = (input: ScanInput, signal: AbortSignal) => Promise<ScanVerdict>;

/** No request was sent, because the classifier has failed several times in a row. */
export class ScanSkipped extends ScanError {
  constructor() {
    super('it has failed several times in a row', 'outage');
  }
}

export function createScanner(deps: {
  blobs: BlobStore;
  config: ScanOptions;
  ask: AskClassifier;
  health: ScanHealth;
  /** Called after each scan, with its duration. */
  onScan: (outcome: ScanOutcome, seconds: number) => void;
  log: Logger;
}): Scanner {
  const { blobs, config, ask, health, onScan, log } = deps;
  const limit = pLimit(SCAN_CONCURRENCY);
  let probing: Promise<boolean> | null = null;

  return async (input, signal) => {
    const { mediaSid } = input;
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    try {
      const verdict = await limit(() => askWithRetries(input, signal));
      onScan(verdict.action, seconds());
      log.info({ mediaSid, action: verdict.action, labels: verdict.labels }, 'media scanned');
      return verdict;
    } catch (error) {
      if (error instanceof ScanSkipped) onScan('skipped', seconds());
      else if (error instanceof ScanError) {
        onScan(error.kind === 'file' ? 'unjudged' : 'failed', seconds());
      }
      throw error;
    }
  };

  async function askWithRetries(input: ScanInput, signal: AbortSignal): Promise<ScanVerdict> {
    // Checked here and not earlier: the classifier may have gone down while this scan was queued.
    if (!(await mayAsk(signal))) throw new ScanSkipped();
    try {
      const verdict = await pRetry(() => send(input, signal), {
        ...RETRIES,
        signal,
        shouldRetry: ({ error }) => error instanceof ScanError && error.kind === 'outage',
      });
      health.answered();
      return verdict;
    } catch (error) {
      if (error instanceof ScanError) health.failed(error);
      throw error;
    }
  }

  /** The failures may be caused by the files: before scans are skipped, it is probed with a file of ours. */
  async function mayAsk(signal: AbortSignal): Promise<boolean> {
    if (probing !== null) return probing;
    const state = health.state();
    if (state !== 'probe') return state === 'up';
    probing = probe(signal).finally(() => {
      probing = null;
    });
    return probing;
  }

  async function probe(signal: AbortSignal): Promise<boolean> {
    try {
      await ask(pixelQuestion(), signal);
      health.isUp();
      return true;
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      health.failed(error);
      return error.kind !== 'outage';
    }
  }

  function send(input: ScanInput, signal: AbortSignal): Promise<ScanVerdict> {
    const { mediaSid, sha256, declaredContentType } = input;
    const { key, contentType, byteSize } = contentOf(input, config.content);
    return blobs.withLocalFile(key, (path) => {
      const open = () => createReadStream(path);
      return ask({ mediaSid, sha256, declaredContentType, contentType, byteSize, open }, signal);
    });
  }
}

function contentOf(input: ScanInput, content: ScanOptions['content']) {
  const large = input.previews.find(({ size }) => size === 'large');
  if (content === 'thumbnail' && large !== undefined) return large;
  const { key, byteSize, contentType } = input;
  return { key, byteSize, contentType: contentType ?? 'application/octet-stream' };
}

// A GIF of one transparent pixel.
const PIXEL = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64');

/** A probe for whether the classifier answers at all: a file of ours, as if it had just been received. */
export function pixelQuestion(): ScanQuestion {
  return {
    mediaSid: `ME${randomBytes(16).toString('hex')}`,
    sha256: createHash('sha256').update(PIXEL).digest('hex'),
    declaredContentType: null,
    contentType: 'image/gif',
    byteSize: PIXEL.length,
    open: () => Readable.from([PIXEL]),
  };
}
