import { performance } from 'node:perf_hooks';
import { type Dispatcher, errors, request } from 'undici';
import { judgeAnswer, WEBHOOK_ERROR, type WebhookAnswer } from './judge-answer.ts';
import type { WebhookRequest } from './webhook-request.ts';

/** The outcome of a webhook from Twilio's point of view. */
export interface DeliveryOutcome {
  /** Null when there was no response. */
  status: number | null;
  body: string;
  contentType: string | null;
  milliseconds: number;
  /** The error that Twilio would log: 11200, 11205, 12100 or 12300; null without an error. */
  errorCode: number | null;
  /** Texts that Twilio would send back. */
  replies: string[];
}

/** Limits of a request; `dispatcher` limits the time to connect, `totalMs` the whole exchange. */
interface DeliveryLimits {
  dispatcher: Dispatcher;
  totalMs: number;
  signal?: AbortSignal | undefined;
}

/**
 * Sends a webhook once and evaluates the response as Twilio does. Errors of the receiver are part of
 * the outcome and are not thrown.
 *
 * @throws the reason of `signal` when that is aborted
 */
export async function deliverWebhook(
  webhook: WebhookRequest,
  { dispatcher, totalMs, signal }: DeliveryLimits,
): Promise<DeliveryOutcome> {
  const start = performance.now();
  const elapsed = (): number => performance.now() - start;
  const timeout = AbortSignal.timeout(totalMs);
  try {
    const answer = await send(
      webhook,
      dispatcher,
      AbortSignal.any([timeout, ...(signal ? [signal] : [])]),
    );
    return { ...answer, milliseconds: elapsed(), ...judgeAnswer(answer) };
  } catch (error) {
    signal?.throwIfAborted();
    const errorCode =
      timeout.aborted || error instanceof errors.HTTPParserError
        ? WEBHOOK_ERROR.retrievalFailed
        : WEBHOOK_ERROR.connectionFailed;
    return {
      status: null,
      body: '',
      contentType: null,
      milliseconds: elapsed(),
      errorCode,
      replies: [],
    };
  }
}

async function send(
  { url, method, headers, body }: WebhookRequest,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<WebhookAnswer> {
  const response = await request(url, { dispatcher, method, headers, body, signal });
  const contentType = response.headers['content-type'];
  return {
    status: response.statusCode,
    contentType: typeof contentType === 'string' ? contentType : null,
    body: await response.body.text(),
  };
}
