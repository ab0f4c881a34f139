import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import pLimit from 'p-limit';
import pRetry from 'p-retry';
import type { Logger } from 'pino';
import type { BlobStore } from '../files/blob-store.ts';
import type { ScreeningInput } from '../preview/preview-media.ts';
import type { ScanOptions } from './classifier.ts';
import {
  type AskClassifier,
  ScanError,
  type ScanQuestion,
  type ScanVerdict,
} from './classifier.ts';
import type { ScanHealth } from './scan-health.ts';

/** How many files are shown to it at once. */
export const SCAN_CONCURRENCY = 8;

const RETRIES = { retries: 2, minTimeout: 250, factor: 3, randomize: true };

/**
 * What became of a scan, for the metrics: a verdict, `unjudged` where the classifier answered that it has
 * none, `failed`, `skipped` while it is down.
 */
type ScanOutcome = ScanVerdict['action'] | 'unjudged' | 'failed' | 'skipped';

/** What is shown of stored bytes. */
type Shown = Pick<
  ScreeningInput,
  'mediaSid' | 'sha256' | 'key' | 'byteSize' | 'contentType' | 'previews'
> & { declaredContentType: string | null };

/**
 * Shows bytes to the classifier, a few at once, and again where it does not answer.
 *
 * @throws ScanError; `NotAsked` while it is known to be down
 */
export type Scanner = (shown: Shown, signal: AbortSignal) => Promise<ScanVerdict>;

/** It was not asked: it has failed several times just now. */
export class NotAsked extends ScanError {
  constructor() {
    super('it has failed several times in a row', 'outage');
  }
}

export function createScanner(deps: {
  blobs: BlobStore;
  config: ScanOptions;
  ask: AskClassifier;
  health: ScanHealth;
  /** Told of each scan, with its seconds. */
  onScan: (outcome: ScanOutcome, seconds: number) => void;
  log: Logger;
}): Scanner {
  const { blobs, config, ask, health, onScan, log } = deps;
  const oneOfFew = pLimit(SCAN_CONCURRENCY);
  let probing: Promise<boolean> | null = null;

  return async (shown, signal) => {
    const { mediaSid } = shown;
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    try {
      const verdict = await oneOfFew(() => askOften(shown, signal));
      onScan(verdict.action, seconds());
      log.info({ mediaSid, action: verdict.action, labels: verdict.labels }, 'media scanned');
      return verdict;
    } catch (error) {
      if (error instanceof NotAsked) onScan('skipped', seconds());
      else if (error instanceof ScanError) {
        onScan(error.kind === 'file' ? 'unjudged' : 'failed', seconds());
      }
      throw error;
    }
  };

  async function askOften(shown: Shown, signal: AbortSignal): Promise<ScanVerdict> {
    // Asked here and not before: others may have found out while this one waited for its turn.
    if (!(await mayAsk(signal))) throw new NotAsked();
    try {
      const verdict = await pRetry(() => show(shown, signal), {
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

  /** Strangers' files may be what it fails about: before it is left alone, it is shown one of ours. */
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

  function show(shown: Shown, signal: AbortSignal): Promise<ScanVerdict> {
    const { mediaSid, sha256, declaredContentType } = shown;
    const { key, contentType, byteSize } = contentOf(shown, config.content);
    return blobs.withLocalFile(key, (path) => {
      const open = () => createReadStream(path);
      return ask({ mediaSid, sha256, declaredContentType, contentType, byteSize, open }, signal);
    });
  }
}

function contentOf(shown: Shown, content: ScanOptions['content']) {
  const large = shown.previews.find(({ size }) => size === 'large');
  if (content === 'thumbnail' && large !== undefined) return large;
  const { key, byteSize, contentType } = shown;
  return { key, byteSize, contentType: contentType ?? 'application/octet-stream' };
}

// A picture of one pixel, transparent.
const PIXEL = Buffer.from('R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==', 'base64');

/** Finds out whether a classifier answers at all: a file of ours, as if it had just come in. */
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
