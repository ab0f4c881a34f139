import type { Readable } from 'node:stream';
import { request } from 'undici';
import { z } from 'zod';
import { codeOf } from '../errors/caught.ts';
import { SCAN_FAILED } from '../moderation/decisions.ts';
import type { Judgement } from '../moderation/judgement.ts';
import { maskPhoneNumbers } from '../monitoring/logger.ts';

/** How the outside classifier is asked. */
export interface ScanOptions {
  url: string;
  /** Sent as a bearer token. */
  token: string | undefined;
  content: 'original' | 'thumbnail';
  /** For one question and its whole answer. */
  timeoutSeconds: number;
  /** What becomes of an attachment that it gives no verdict of. */
  failure: 'hold' | 'allow';
}

/** What is shown to the classifier; nothing in it names a person. */
export interface ScanQuestion {
  mediaSid: string;
  sha256: string;
  declaredContentType: string | null;
  contentType: string;
  /** Of what is sent, in bytes. */
  byteSize: number;
  open: () => Readable;
}

/**
 * `outage`: no connection, no answer in time, 408, 429 or 5xx; it may answer the next time. `refused`: it
 * answers, and not to us: credentials, address, a redirect. `file`: it answers that it has no verdict of this
 * file (400, 413, 415, 422 and the like), or nothing that is one.
 */
export type ScanFailure = 'outage' | 'refused' | 'file';

/** It gave no verdict. */
export class ScanError extends Error {
  override readonly name = 'ScanError';
  readonly kind: ScanFailure;

  constructor(message: string, kind: ScanFailure, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** @throws ScanError; whatever `signal` was aborted with */
export type AskClassifier = (question: ScanQuestion, signal: AbortSignal) => Promise<ScanVerdict>;

const MAX_ANSWER_BYTES = 64 * 1024;

/** Asks over HTTP: the bytes as the body of a POST, answered by JSON. Redirects are not followed. */
export function createAskClassifier(config: ScanOptions): AskClassifier {
  const { url, timeoutSeconds } = config;

  return async (question, signal) => {
    const deadline = AbortSignal.timeout(timeoutSeconds * 1000);
    const body = question.open();
    // Whoever reads them is told, too; without anybody the process would end.
    const quietly = () => undefined;
    body.on('error', quietly);
    try {
      const answer = await request(url, {
        method: 'POST',
        headers: headersOf(question, config),
        body,
        signal: AbortSignal.any([signal, deadline]),
        // The deadline is for all of it.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      answer.body.on('error', quietly);
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
      throw new ScanError(`it could not be asked (${code})`, 'outage', { cause: error });
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
    // A stranger's words: only where they are a type may they become a header.
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
    throw new ScanError('its answer is no JSON', 'file', { cause });
  }
  const parsed = scanAnswer.safeParse(json);
  if (parsed.success) return { ...parsed.data, at: new Date().toISOString() };
  const wrong = [...new Set(parsed.error.issues.map(({ path }) => path[0] ?? 'answer'))];
  throw new ScanError(`its answer is not as agreed: ${wrong.join(', ')}`, 'file');
}

const MAX_LABELS = 20;
const line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u)
    // It stays in the audit log for ever.
    .transform(maskPhoneNumbers);

/** What a classifier answers about one file. Fields besides these are not looked at. */
export const scanAnswer = z.object({
  action: z.enum(['allow', 'hold', 'quarantine', 'delete']),
  labels: z.array(line(64)).max(MAX_LABELS).default([]),
  reason: line(300).nullish().default(null),
});

/** As it is kept with the bytes, so that they are not shown to it again. */
export const scanVerdict = scanAnswer.extend({ at: z.iso.datetime() });

export type ScanVerdict = z.output<typeof scanVerdict>;

/** What a classifier's verdict means, in the words of the audit log; null where it allows. */
export function judgeVerdict({ action, labels, reason }: ScanVerdict): Judgement | null {
  if (action === 'allow') return null;
  const words = [labels.join(', '), reason ?? ''].filter((text) => text !== '').join(': ');
  return {
    act: action,
    decider: {
      actor: 'system:scan',
      reasonCode: 'scan',
      reason: words === '' ? null : words.slice(0, 500).toWellFormed(),
    },
  };
}

/** For a media that nothing is known about. */
export function judgeUnscanned(problem: string): Judgement {
  return {
    act: 'hold',
    decider: {
      actor: 'system:scan',
      reasonCode: SCAN_FAILED,
      reason: `the classifier was of no help: ${problem}`,
    },
  };
}
