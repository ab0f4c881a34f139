import type { Readable } from 'node:stream';
import { request } from 'undici';
import { z } from 'zod';
import { codeOf } from '../errors/caught.ts';
import { SCAN_FAILED } from '../moderation/decisions.ts';
import type { Judgement } from '../moderation/judgement.ts';
import { maskPhoneNumbers } from '../monitoring/logger.ts';

/** How the external classifier is called. */
export interface ScanOptions {
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
  /** Size of the request body, in bytes. */
  byteSize: number;
  open: () => Readable;
}

/**
 * `outage`: no connection, a timeout, 408, 429 or 5xx; a retry may succeed. `refused`: it rejects our
 * requests: credentials, address, a redirect. `file`: it has no verdict on this file (400, 413, 415, 422
 * and the like), or its answer is not a valid verdict.
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

const MAX_ANSWER_BYTES = 64 * 1024;

/** Calls the classifier over HTTP: a POST with the bytes, answered by JSON. Redirects are not followed. */
export function createAskClassifier(config: ScanOptions): AskClassifier {
  const { url, timeoutSeconds } = config;

  return async (question, signal) => {
    const deadline = AbortSignal.timeout(timeoutSeconds * 1000);
    const body = question.open();
    // undici and `readText` report stream errors; without a listener of its own an error would end the
    // process.
    const ignoreError = () => undefined;
    body.on('error', ignoreError);
    try {
      const answer = await request(url, {
        method: 'POST',
        headers: headersOf(question, config),
        body,
        signal: AbortSignal.any([signal, deadline]),
        // `deadline` covers the whole request.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      answer.body.on('error', ignoreError);
      if (answer.statusCode !== 200) {
        answer.body.destroy();
        throw new ScanError(`it answered ${answer.statusCode}`, failureOf(answer.statusCode));
      }
      return parse(await readText(answer.body));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ScanError) throw error;
      if (deadline.aborted) {
        throw new ScanError(`it took longer than ${timeoutSeconds} s`, 'outage', { cause: error });
      }
      const code = codeOf(error) ?? 'no reason given';
      throw new ScanError(`the request failed (${code})`, 'outage', { cause: error });
    } finally {
      body.destroy();
    }
  };
}

function failureOf(status: number): ScanFailure {
  if (status >= 500 || status === 429 || status === 408) return 'outage';
  return status < 400 || [401, 403, 404, 405, 407].includes(status) ? 'refused' : 'file';
}

function headersOf(
  { mediaSid, sha256, declaredContentType, contentType, byteSize }: ScanQuestion,
  { token, content }: ScanOptions,
): Record<string, string> {
  return {
    accept: 'application/json',
    'content-type': contentType,
    'content-length': String(byteSize),
    'x-media-sid': mediaSid,
    'x-media-sha256': sha256,
    'x-media-content': content,
    // Declared by the sender, so it is sent as a header only when it is a valid type.
    ...(/^[\w.+-]{1,80}\/[\w.+-]{1,80}$/.test(declaredContentType ?? '')
      ? { 'x-media-declared-type': String(declaredContentType) }
      : {}),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_ANSWER_BYTES) {
      throw new ScanError(`its answer is longer than ${MAX_ANSWER_BYTES} bytes`, 'file');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): ScanVerdict {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ScanError('its answer is not JSON', 'file', { cause });
  }
  const parsed = scanAnswer.safeParse(json);
  if (parsed.success) return { ...parsed.data, at: new Date().toISOString() };
  const wrong = [...new Set(parsed.error.issues.map(({ path }) => path[0] ?? 'answer'))];
  throw new ScanError(`its answer has invalid fields: ${wrong.join(', ')}`, 'file');
}

const MAX_LABELS = 20;
const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u)
    // The audit log keeps it permanently.
    .overwrite(maskPhoneNumbers);

/** The classifier's JSON response for one file. Other fields are ignored. */
export const scanAnswer = z.object({
  action: z.enum(['allow', 'hold', 'quarantine', 'delete']),
  labels: z.array(line(64)).max(MAX_LABELS).default([]),
  reason: line(300).nullish().default(null),
});

/** A verdict as stored with the blob, so that the bytes are not scanned again. */
export const scanVerdict = scanAnswer.extend({ at: z.iso.datetime() });

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
