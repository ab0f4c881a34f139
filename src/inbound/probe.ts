import { AppError } from '../errors/app-error.ts';
import { textParam, type WebhookParams } from './webhook-request.ts';

/**
 * The `MessageSid` of a signed request that only checks whether its signature is accepted. Twilio's begin
 * with MM or SM.
 */
export const PROBE_MESSAGE_SID = 'mms-inbox-doctor';

/**
 * The `MessageSid` of a wrongly signed request that checks whether it is refused. Not a secret: it only
 * keeps a deliberate refusal from being logged like an attack.
 */
export const FORGED_PROBE_MESSAGE_SID = 'mms-inbox-doctor-forged';

export function isForgedProbe(params: WebhookParams): boolean {
  return textParam(params, 'MessageSid') === FORGED_PROBE_MESSAGE_SID;
}

export function isProbe(params: WebhookParams): boolean {
  return textParam(params, 'MessageSid') === PROBE_MESSAGE_SID;
}

/** @throws AppError `invalid_request` for a probe; call it once the signature is verified */
export function refuseProbe(params: WebhookParams): void {
  if (!isProbe(params)) return;
  throw new AppError(
    'invalid_request',
    'The signature is valid. This request is only a probe; nothing of it is stored.',
  );
}
