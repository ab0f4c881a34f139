import { AppError } from '../errors/app-error.ts';
import { textParam, type WebhookParams } from './webhook-request.ts';

/**
 * The `MessageSid` of a signed request that asks whether its signature is accepted, and for nothing
 * else. Twilio's begin with MM or SM.
 */
export const PROBE_MESSAGE_SID = 'mms-inbox-doctor';

/**
 * The `MessageSid` of a wrongly signed request that asks whether it is refused. Anybody may send it: it
 * only keeps a refusal that was meant to be from looking like an attack.
 */
export const FORGED_PROBE_MESSAGE_SID = 'mms-inbox-doctor-forged';

export function isForgedProbe(params: WebhookParams): boolean {
  return textParam(params, 'MessageSid') === FORGED_PROBE_MESSAGE_SID;
}

/** @throws AppError `invalid_request` for a probe, once its signature was found right */
export function refuseProbe(params: WebhookParams): void {
  if (textParam(params, 'MessageSid') !== PROBE_MESSAGE_SID) return;
  throw new AppError(
    'invalid_request',
    'The signature is right. This request asks for nothing else, and nothing of it is kept.',
  );
}
