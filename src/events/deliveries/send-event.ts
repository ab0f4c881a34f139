import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import { sanitizeJson } from '../../database/sanitize-json.ts';
import { codeOf } from '../../errors/caught.ts';
import { maskPhoneNumbers } from '../../monitoring/logger.ts';
import { ConnectError, createGuardedConnector, type Resolve } from '../../net/guarded-connector.ts';
import { parseRetryAfter } from '../../net/retry-after.ts';
import { checkEndpointUrl } from '../endpoints/endpoint-settings.ts';

/** What came of one request. */
export interface SendOutcome {
  /** Null where no answer came. */
  status: number | null;
  /** Why it does not count as delivered, for people; null when it does. */
  error: string | null;
  /** The beginning of the answer's body; null where no answer came. */
  response: string | null;
  /** How long the receiver asked to be left alone; 0 when it did not. */
  retryAfterSeconds: number;
}

/** One event for one endpoint. */
interface EventRequest {
  url: string;
  /** A signature is made with each: receivers that still have the old one go on. */
  secrets: readonly string[];
  eventId: string;
  /** JSON. */
  payload: string;
}

export interface EventSender {
  /**
   * Posts one event, signed after the Standard Webhooks specification. Redirects are not followed.
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
 * Connections go to public addresses only, but for hosts that the operator wrote down.
 *
 * @param eventHosts `host:port` pairs that may be on the operator's own network
 * @param timeoutMs of a whole request, in milliseconds
 * @param resolve stands in for `dns.lookup`
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
      // The list of hosts may have become shorter since the endpoint was made.
      const problem = checkEndpointUrl(url, eventHosts);
      if (problem !== null) return noAnswer(`The URL is not allowed any more: it needs ${problem}`);
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
  return `The connection broke before an answer came (${code ?? 'no reason given'})`;
}

/** The status has told what counts: a body that breaks off or never ends changes nothing. */
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
    // What came until then is told.
  } finally {
    body.destroy();
  }
  const text = Buffer.concat(chunks).subarray(0, EXCERPT_BYTES).toString('utf8');
  return maskPhoneNumbers(String(sanitizeJson(text)));
}
