import { createHash } from 'node:crypto';
import { z } from 'zod';
import { jsonObject } from '../database/json-object.ts';
import { sanitizeJson } from '../database/sanitize-json.ts';
import { asError } from '../errors/caught.ts';
import type { MessageSource } from '../generated/prisma/client.ts';
import { checkMediaUrl } from '../twilio/media-url.ts';
import { MESSAGE_SID } from '../twilio/sids.ts';
import { decodeBase64Text } from './base64-text.ts';
import { channelOf } from './read-message-details.ts';
import { textParam, type WebhookParams } from './webhook-request.ts';

/** One attachment as the webhook describes it. `failed` means that it can never be fetched; see `reason`. */
interface InboundMedia {
  sid: string;
  index: number;
  url: string | null;
  declaredContentType: string | null;
  state: 'pending' | 'failed';
  reason: string | null;
}

/**
 * Why a signed request is not trusted. Twilio signs the names and values of a form without separators: an
 * attacker who has captured one can split its text elsewhere (`MessageSi` = `dMM…`), and the signature stays
 * valid.
 *
 * - `parameter-name`: a form has a name with characters besides letters, digits and `_`; Twilio's never do.
 * - `no-message-sid`: there is no well-formed `MessageSid`.
 * - `hidden-message-sid`: the signed text, split differently, is a form with another `MessageSid`.
 * - `same-signature`: this signature was received before, with other parameters.
 */
export const suspicion = z.enum([
  'parameter-name',
  'no-message-sid',
  'hidden-message-sid',
  'same-signature',
]);

export type Suspicion = z.output<typeof suspicion>;

export interface InboundMessage {
  sid: string;
  accountSid: string;
  from: string;
  to: string;
  /**
   * The text, decoded where a carrier encoded it; without one, the label of the button or list entry that the
   * sender tapped.
   */
  body: string;
  source: MessageSource;
  /** All parameters as received, sanitized as JSON. */
  params: WebhookParams;
  receivedAt: Date;
  media: InboundMedia[];
  /** SHA-256 of the request's signature, in hexadecimal digits; null without a signature. */
  signatureHash: string | null;
  /** Why it is not trusted; null for an ordinary message. */
  suspect: Suspicion | null;
}

// Twilio sends ten at most. A larger count is not a count of attachments.
const MAX_MEDIA = 100;
// Length of From and To, the limit of the API's filters; PostgreSQL cannot index values of any length.
const MAX_ADDRESS = 100;

/**
 * Reads a verified webhook, or its equivalent from reconciliation. Nothing is refused here: a signed message
 * is stored whatever is wrong with it, and each unusable part becomes a failed attachment with a reason.
 *
 * @param apiBaseUrl the only API that media URLs may point to
 */
export function readInboundMessage(
  params: WebhookParams,
  apiBaseUrl: string,
  receivedAt: Date,
  source: InboundMessage['source'],
): InboundMessage {
  const sanitized = jsonObject(sanitizeJson(params));
  const text = (name: string) => textParam(sanitized, name);
  const sid = text('MessageSid');
  const accountSid = text('AccountSid');
  return {
    sid,
    accountSid,
    from: address(text('From')),
    to: address(text('To')),
    body: shownText(text),
    source,
    params: sanitized,
    receivedAt,
    media: readMedia(sanitized, { accountSid, messageSid: sid }, apiBaseUrl),
    signatureHash: null,
    suspect: null,
  };
}

function shownText(text: (name: string) => string): string {
  const body = text('Body');
  if (body === '') return text('ButtonText') || text('ListTitle');
  const isFromCarrier = channelOf(text('From')) === undefined;
  return (isFromCarrier ? decodeBase64Text(body) : null) ?? body;
}

function readMedia(
  params: WebhookParams,
  message: { accountSid: string; messageSid: string },
  apiBaseUrl: string,
): InboundMedia[] {
  const { count, problem } = readCount(textParam(params, 'NumMedia'));
  const named = Object.keys(params).flatMap((name) => /^MediaUrl(\d{1,2})$/.exec(name)?.[1] ?? []);
  const indexes = new Set([...Array(count).keys(), ...named.map(Number)]);
  const taken = new Set<string>();
  const media = [...indexes]
    .sort((a, b) => a - b)
    .map((index): InboundMedia => {
      const url = textParam(params, `MediaUrl${index}`);
      const declaredContentType = textParam(params, `MediaContentType${index}`) || null;
      const { mediaSid, reason } = readUrl(url, index, message, apiBaseUrl);
      const repeated = mediaSid !== null && taken.has(mediaSid);
      if (mediaSid !== null) taken.add(mediaSid);
      const usable = mediaSid !== null && !repeated;
      return {
        sid: usable ? mediaSid : failedSid(message.messageSid, index),
        index,
        url: url || null,
        declaredContentType,
        state: usable ? 'pending' : 'failed',
        reason: repeated ? `MediaUrl${index} names the same media as an earlier MediaUrl` : reason,
      };
    });
  if (problem !== null) {
    const index = (media.at(-1)?.index ?? -1) + 1;
    media.push({
      sid: failedSid(message.messageSid, index),
      index,
      url: null,
      declaredContentType: null,
      state: 'failed',
      reason: problem,
    });
  }
  return media;
}

function readUrl(
  url: string,
  index: number,
  message: { accountSid: string; messageSid: string },
  apiBaseUrl: string,
): { mediaSid: string | null; reason: string | null } {
  if (url === '') return { mediaSid: null, reason: `MediaUrl${index} is missing` };
  try {
    return { mediaSid: checkMediaUrl(url, message, apiBaseUrl).mediaSid, reason: null };
  } catch (error) {
    return { mediaSid: null, reason: asError(error).message };
  }
}

function readCount(numMedia: string): { count: number; problem: string | null } {
  const count = Number(numMedia);
  if (/^\d{0,9}$/.test(numMedia) && count <= MAX_MEDIA) return { count, problem: null };
  const shown = numMedia.slice(0, 40);
  return { count: 0, problem: `NumMedia is ${JSON.stringify(shown)}, not a number of attachments` };
}

function failedSid(messageSid: string, index: number): string {
  return derivedSid('ME', `${messageSid} ${index}`);
}

/** A sender or recipient, truncated; `params` keeps the full value. */
function address(text: string): string {
  return text.slice(0, MAX_ADDRESS).toWellFormed();
}

export function isMessageSid(text: string): boolean {
  return MESSAGE_SID.test(text);
}

/**
 * Our own sid where Twilio's is missing or malformed: derived from the content, so that a repeated
 * request is recognized.
 */
export function derivedSid(prefix: 'MM' | 'ME', content: string): string {
  return prefix + createHash('sha256').update(content).digest('hex').slice(0, 32);
}
