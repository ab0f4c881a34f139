import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import { sanitizeJson } from '../../database/sanitize-json.ts';
import { codeOf } from '../../errors/caught.ts';
import { maskPhoneNumbers } from '../../monitoring/logger.ts';
import { ConnectError, createGuardedConnector, type Resolve } from '../../net/guarded-connector.ts';
import { parseRetryAfter } from '../../net/retry-after.ts';
import { checkEndpointUrl } from '../endpoints/endpoint-settings.ts';

/** The outcome of one request. */
export interface SendOutcome {
  /** Null without a response. */
  status: number | null;
  /** Human-readable reason why it does not count as delivered; null when it does. */
  error: string | null;
  /** The beginning of the response body; null without a response. */
  response: string | null;
  /** The receiver's `Retry-After`; 0 without one. */
  retryAfterSeconds: number;
}

/** One event for one endpoint. */
interface EventRequest {
  url: string;
  /** The payload is signed with each, so that receivers which still have the old secret can verify it. */
  secrets: readonly string[];
  eventId: string;
  /** JSON. */
  payload: string;
}

export interface EventSender {
  /**
   * Posts one event, signed as the Standard Webhooks specification says. Redirects are not followed.
   *
   * @throws the signal's reason when it is aborted, and nothing else
   */
  send(event: EventRequest, signal: AbortSignal): Promise<SendOutcome>;
  close(): Promise<void>;
}

const CONNECT_MS = 5000;
const TIMEOUT_MS = 15_000;
const EXCERPT_BYTES = 1024;

/**
 * Connections go only to public addresses and to the hosts that the operator listed.
 *
 * @param eventHosts `host:port` pairs that may be on the operator's own network
 * @param timeoutMs of a whole request, in milliseconds
 * @param resolve replaces `dns.lookup`
 */
export function createEventSender(
  eventHosts: ReadonlySet<string>,
  timeoutMs = TIMEOUT_MS,
  resolve?: Resolve,
): EventSender {
  const agent = new Agent({
    connect: createGuardedConnector(eventHosts, Math.min(CONNECT_MS, timeoutMs), resolve),
  });

  return {
    async send({ url, secrets, eventId, payload }, signal) {
      // A host may have been removed from the list since the endpoint was created.
      const problem = checkEndpointUrl(url, eventHosts);
      if (problem !== null) return noAnswer(`The URL is no longer allowed: it needs ${problem}`);
      const timeout = AbortSignal.timeout(timeoutMs);
      const now = new Date();
      try {
        const answer = await request(url, {
          method: 'POST',
          dispatcher: agent,
          signal: AbortSignal.any([signal, timeout]),
          headers: {
            'content-type': 'application/json',
            'user-agent': 'mms-inbox',
            'webhook-id': eventId,
            'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
            'webhook-signature': secrets
              .map((secret) => new Webhook(secret).sign(eventId, now, payload))
              .join(' '),
          },
          body: payload,
        });
        const { statusCode: status } = answer;
        const retryAfter = answer.headers['retry-after'];
        return {
          status,
          error: errorOf(status),
          response: await readExcerpt(answer.body),
          retryAfterSeconds: parseRetryAfter(String(retryAfter ?? ''), new Date()) ?? 0,
        };
      } catch (error) {
        signal.throwIfAborted();
        if (timeout.aborted) return noAnswer(`No answer within ${timeoutMs / 1000} seconds`);
        return noAnswer(connectionError(error));
      }
    },
    close: () => agent.destroy(),
  };
}

function noAnswer(error: string): SendOutcome {
  return { status: null, error, response: null, retryAfterSeconds: 0 };
}

function errorOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  const redirect = status >= 300 && status < 400 ? '; redirects are not followed' : '';
  return `The endpoint answered ${status}${redirect}`;
}

function connectionError(error: unknown): string {
  if (error instanceof ConnectError) return error.message;
  const code = codeOf(error);
  return `The connection broke before a response arrived (${code ?? 'no reason given'})`;
}

/** Never rejects: only the status counts, so a truncated or endless body changes nothing. */
async function readExcerpt(body: AsyncIterable<Buffer> & { destroy(): void }): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= EXCERPT_BYTES) break;
    }
  } catch {
    // The part that arrived is returned.
  } finally {
    body.destroy();
  }
  const text = Buffer.concat(chunks).subarray(0, EXCERPT_BYTES).toString('utf8');
  return maskPhoneNumbers(String(sanitizeJson(text)));
}
