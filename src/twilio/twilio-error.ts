/**
 * `refused`: the account's credentials are not accepted. `absent`: there is no such resource.
 * `rejected`: the request or the answer is not as the API specifies; a retry does not help.
 * `outage`: Twilio does not answer, or is overloaded; a retry may succeed.
 */
type TwilioFailure = 'refused' | 'absent' | 'rejected' | 'outage';

/** Twilio's API gave no usable answer. Messages contain no token, phone number or URL. */
export class TwilioError extends Error {
  override readonly name = 'TwilioError';
  readonly kind: TwilioFailure;
  /** How long to wait before the next request, from `Retry-After`, in seconds. */
  readonly retryAfterSeconds: number;

  constructor(
    kind: TwilioFailure,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number | undefined } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.kind = kind;
    this.retryAfterSeconds = options.retryAfterSeconds ?? 0;
  }

  /** Whether `AskTwilio` has already logged the outage; it does not log answers that are not JSON. */
  get isLoggedOutage(): boolean {
    return this.kind === 'outage' && !(this.cause instanceof SyntaxError);
  }
}

/** The error for a status other than 200; null for 200. */
export function statusError(
  status: number,
  accountSid: string,
  retryAfterSeconds: number | undefined,
): TwilioError | null {
  if (status === 200) return null;
  if (status === 401 || status === 403) {
    const message = `Twilio refuses the credentials of account ${accountSid} (${status})`;
    return new TwilioError('refused', message);
  }
  const message = `Twilio answered ${status} for account ${accountSid}`;
  if (status === 404) return new TwilioError('absent', message);
  if (status === 429 || status >= 500) {
    return new TwilioError('outage', message, { retryAfterSeconds });
  }
  return new TwilioError('rejected', message);
}
