/**
 * `refused`: the account's credentials are not accepted. `absent`: there is no such resource.
 * `rejected`: the request or the answer is not what was agreed on; to ask again changes nothing.
 * `outage`: not now.
 */
type TwilioTrouble = 'refused' | 'absent' | 'rejected' | 'outage';

/** Twilio's API gave no answer that can be used. Messages hold no token, no number and no URL. */
export class TwilioError extends Error {
  override readonly name = 'TwilioError';
  readonly trouble: TwilioTrouble;
  /** How long Twilio wants to be left alone, in seconds. */
  readonly retryAfterSeconds: number;

  constructor(
    trouble: TwilioTrouble,
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number | undefined } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.trouble = trouble;
    this.retryAfterSeconds = options.retryAfterSeconds ?? 0;
  }

  /** What `AskTwilio` has told of; an answer that is no JSON is none of it. */
  get isLoggedOutage(): boolean {
    return this.trouble === 'outage' && !(this.cause instanceof SyntaxError);
  }
}

/** What an answer other than 200 means; null for 200. */
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
