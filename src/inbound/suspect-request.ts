import { createHash } from 'node:crypto';
import { toStorable } from '../storage/storable.ts';
import { type InboundMessage, readInboundMessage } from './inbound-message.ts';
import { derivedSid, isMessageSid } from './sids.ts';
import { joinParams } from './verify-signature.ts';
import { textParam, type WebhookParams, type WebhookRequest } from './webhook-request.ts';

/**
 * Why a signed request is not believed. Twilio signs the names and values of a form without anything between
 * them: whoever has seen one can cut its text elsewhere (`MessageSi` = `dMM…`), and the signature is still
 * right.
 *
 * - `parameter-name`: a form has a name that is not of letters, digits and `_`, as all of Twilio's are.
 * - `no-message-sid`: there is no well-formed `MessageSid`.
 * - `hidden-message-sid`: a value of a form has the text of a `MessageSid` in it; another cut would show it.
 * - `same-signature`: this signature has come before, with other parameters.
 */
export const SUSPICIONS = [
  'parameter-name',
  'no-message-sid',
  'hidden-message-sid',
  'same-signature',
] as const;

export type Suspicion = (typeof SUSPICIONS)[number];

/** Reads a verified webhook. One that is suspect has nothing but its parameters, and is fetched nothing of. */
export function readWebhookMessage(
  webhook: WebhookRequest,
  apiBaseUrl: string,
  receivedAt: Date,
): InboundMessage {
  const message = readInboundMessage(webhook.params, apiBaseUrl, receivedAt, 'webhook');
  const signatureHash = createHash('sha256').update(webhook.signature).digest('hex');
  const suspect = suspicionOf(webhook);
  const signed = { ...message, signatureHash };
  return suspect === null ? signed : asSuspect(signed, suspect);
}

/**
 * What is kept of a suspect message: one of each signature, since its sid is derived from that, without
 * sender, recipient, text and media, which another cut may have made up.
 */
export function asSuspect(message: InboundMessage, suspect: Suspicion): InboundMessage {
  return {
    ...message,
    sid: derivedSid('MM', `signature ${message.signatureHash}`),
    from: '',
    to: '',
    body: '',
    media: [],
    suspect,
  };
}

/** The sids that stand behind the name `MessageSid` in the text of a form, wherever it was cut. */
export function messageSidsIn(params: WebhookParams): string[] {
  return sidsIn(joinParams(params));
}

function suspicionOf({ params, paramsInUrl, jsonBody }: WebhookRequest): Suspicion | null {
  const isForm = !paramsInUrl && jsonBody === undefined;
  if (isForm && !Object.keys(params).every((name) => /^\w+$/.test(name))) return 'parameter-name';
  // Of a repeated one another order would make another message.
  if (Array.isArray(params.MessageSid)) return 'no-message-sid';
  if (!isMessageSid(textParam(params, 'MessageSid'))) return 'no-message-sid';
  const values = Object.values(toStorable(params) as WebhookParams).flat();
  const hidesSid = isForm && values.some((value) => sidsIn(String(value)).length > 0);
  return hidesSid ? 'hidden-message-sid' : null;
}

function sidsIn(text: string): string[] {
  return [...text.matchAll(/MessageSid((?:MM|SM)[0-9a-fA-F]{32})/g)].map(([, sid = '']) => sid);
}
