import { parseRetryAfter } from '../../net/retry-after.ts';

/**
 * What came of a DELETE at Twilio. Not done: `too-early` says so itself (20009), `refused` are our
 * credentials, `outage` is all else.
 */
export type UpstreamAnswer =
  | { done: true }
  | {
      done: false;
      trouble: 'too-early' | 'refused' | 'outage';
      reason: string;
      retryAfterSeconds: number;
    };

const TOO_EARLY = 20009;

/** Reads Twilio's answer to a DELETE: 204, or 404 (20404: not found or deleted before), is done. */
export function readAnswer(status: number, retryAfter: string, body: string): UpstreamAnswer {
  if (status === 204 || status === 404) return { done: true };
  const code = errorCode(body);
  return {
    done: false,
    trouble: code === TOO_EARLY ? 'too-early' : isRefusal(status) ? 'refused' : 'outage',
    reason: `Twilio answered ${status}${code === 0 ? '' : `, code ${code}`}`,
    retryAfterSeconds: parseRetryAfter(retryAfter, new Date()) ?? 0,
  };
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}

/** The `code` of Twilio's error body, 0 where there is none. */
function errorCode(body: string): number {
  return Number(/"code"\s*:\s*(\d+)/.exec(body)?.[1] ?? 0);
}
