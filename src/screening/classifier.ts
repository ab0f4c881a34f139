import type { Readable } from 'node:stream';
import { z } from 'zod';
import { SCAN_FAILED } from '../moderation/decisions.ts';
import type { Judgement } from '../moderation/judgement.ts';

/** How the external classifier is called. */
export interface ScanOptions {
  /** Of an HTTP service, or of ClamAV's clamd: `clamd://host:port`, `clamd:///path/of/the/socket`. */
  url: string;
  /** Sent as a bearer token. */
  token: string | undefined;
  content: 'original' | 'thumbnail';
  /** For one request and its whole response. */
  timeoutSeconds: number;
  /** What happens to an attachment without a verdict. */
  failure: 'hold' | 'allow';
}

/** What is sent to the classifier; nothing in it identifies a person. */
export interface ScanQuestion {
  mediaSid: string;
  sha256: string;
  declaredContentType: string | null;
  contentType: string;
  /** Size of what `open` reads, in bytes. */
  byteSize: number;
  open: () => Readable;
}

/**
 * `outage`: no connection, a timeout, 408, 429, 5xx or an error of clamd; a retry may succeed. `refused`:
 * it rejects our requests: credentials, address, a redirect. `file`: it has no verdict on this file (400,
 * 413, 415, 422 and the like; a limit of clamd), or its answer is not a valid verdict.
 */
export type ScanFailure = 'outage' | 'refused' | 'file';

/** The classifier gave no verdict. */
export class ScanError extends Error {
  override readonly name = 'ScanError';
  readonly kind: ScanFailure;

  constructor(message: string, kind: ScanFailure, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** @throws ScanError; the reason of `signal` when that is aborted */
export type AskClassifier = (question: ScanQuestion, signal: AbortSignal) => Promise<ScanVerdict>;

/** The longest label, in characters: a name of a signature of ClamAV. */
export const MAX_LABEL = 200;

/** Text of one line, of at most `most` characters. */
export function line(most: number) {
  return z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u);
}

/** A verdict as stored with the blob, so that the bytes are not scanned again. */
export const scanVerdict = z.object({
  action: z.enum(['allow', 'hold', 'quarantine', 'delete']),
  labels: z.array(line(MAX_LABEL)).max(20),
  reason: line(300).nullable(),
  at: z.iso.datetime(),
});

export type ScanVerdict = z.output<typeof scanVerdict>;

/** The decision that follows from a verdict; null for `allow`. */
export function judgeVerdict({ action, labels, reason }: ScanVerdict): Judgement | null {
  if (action === 'allow') return null;
  const explanation = [labels.join(', '), reason ?? ''].filter((text) => text !== '').join(': ');
  return {
    act: action,
    decider: {
      actor: 'system:scan',
      reasonCode: 'scan',
      reason: explanation === '' ? null : explanation.slice(0, 500).toWellFormed(),
    },
  };
}

/** The decision for an attachment without a verdict. */
export function judgeUnscanned(problem: string): Judgement {
  return {
    act: 'hold',
    decider: {
      actor: 'system:scan',
      reasonCode: SCAN_FAILED,
      reason: `the classifier gave no verdict: ${problem}`,
    },
  };
}
