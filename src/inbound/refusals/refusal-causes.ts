import type { AppError, ErrorCode } from '../../errors/app-error.ts';

/** Why a webhook was refused, and what an operator can do about it where nothing more is known. */
const ADVICE = {
  signed_differently:
    'Twilio has signed it, but for another URL, other parameters or another account: compare the URL at Twilio with PUBLIC_URL, and look at what the proxy changes.',
  unknown_account:
    'There is no token of its account: if it is yours, a subaccount perhaps, add ACsid:token to TWILIO_AUTH_TOKENS; else it was not Twilio.',
  wrong_signature:
    'No URL, parameters and token that were tried match its signature: check TWILIO_AUTH_TOKEN and the URL at Twilio; else it was not Twilio.',
  not_examined:
    'Its signature is wrong. At most one such request a second is examined, and twenty a minute from one network: the other entries may say why.',
  signature_missing:
    'It has no X-Twilio-Signature. Twilio signs every request: let the proxy pass that header on; else it was not Twilio.',
  wrong_type:
    'It is neither a form nor JSON, as Twilio sends them: let the proxy pass the body on unchanged; else it was not Twilio.',
  malformed:
    'It is not a message as Twilio sends one: the URL /twilio/incoming is for incoming messages only, not for status callbacks.',
  too_large: 'It is larger, or has more parameters, than anything that Twilio sends as a message.',
  incomplete:
    'It did not arrive completely within 10 seconds: the connection from Twilio or from the proxy was slow, or was closed.',
  not_stored:
    'It could not be stored: neither the database nor the spool took it. Twilio then calls the fallback URL. See the parts database and spool of the health report, and the log.',
} as const;

export type RefusalCause = keyof typeof ADVICE;

export const REFUSAL_CAUSES = Object.keys(ADVICE) as [RefusalCause, ...RefusalCause[]];

/** What to do about a cause when there is no advice about the request itself. */
export function generalAdvice(cause: RefusalCause): string {
  return ADVICE[cause];
}

const WORDS: Record<RefusalCause, string> = {
  signed_differently: 'signed for something else',
  unknown_account: 'unknown account',
  wrong_signature: 'wrong signature',
  not_examined: 'wrong signature, not examined further',
  signature_missing: 'no signature',
  wrong_type: 'wrong content type',
  malformed: 'not a message',
  too_large: 'too large',
  incomplete: 'not complete in time',
  not_stored: 'not stored',
};

/** A cause in a list within a sentence; one of a later release as it is. */
export function refusalWords(cause: string): string {
  const known = REFUSAL_CAUSES.find((name) => name === cause);
  return known === undefined ? cause : WORDS[known];
}

const BY_CODE: Partial<Record<ErrorCode, RefusalCause>> = {
  signature_missing: 'signature_missing',
  unsupported_media_type: 'wrong_type',
  invalid_request: 'malformed',
  too_many_parameters: 'too_large',
  body_too_large: 'too_large',
  request_timeout: 'incomplete',
};

/**
 * The cause of a refusal by its error.
 *
 * @returns null for what says nothing about webhooks, such as another method, and for a wrong signature: its cause has to be
 *   examined
 */
export function causeOf(error: AppError): RefusalCause | null {
  // Of body-parser, when the connection was closed before the end of the body.
  if (Object(error.cause).type === 'request.aborted') return 'incomplete';
  if (error.status >= 500) return 'not_stored';
  return BY_CODE[error.code] ?? null;
}
