import { createHash } from 'node:crypto';
import { MESSAGE_SID_PATTERN } from '../twilio/sids.ts';
import {
  derivedSid,
  type InboundMessage,
  isMessageSid,
  readInboundMessage,
  type Suspicion,
} from './inbound-message.ts';
import { isForm, joinParams, signedPairs } from './verify-signature.ts';
import { textParam, type WebhookParams, type WebhookRequest } from './webhook-request.ts';

/** Reads a verified webhook. A suspect one keeps only its parameters; its attachments are not fetched. */
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
 * What is stored of a suspect message: one of each signature, because its sid is derived from the signature,
 * and without sender, recipient, text and attachments, which may be forged by splitting the text differently.
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

/** The sids that follow the name `MessageSid` in the signed text of a form, however it was split. */
export function messageSidsIn(params: WebhookParams): string[] {
  return [...joinParams(params).matchAll(SID_BEHIND_ITS_NAME)].map(([, sid = '']) => sid);
}

const SID_BEHIND_ITS_NAME = new RegExp(`MessageSid(${MESSAGE_SID_PATTERN})`, 'g');
const SID_IN_QUERY = new RegExp(`[?&]MessageSid=(${MESSAGE_SID_PATTERN})(?=&|$)`, 'g');

function suspicionOf(request: WebhookRequest): Suspicion | null {
  const { params } = request;
  if (isForm(request) && !Object.keys(params).every((name) => /^\w+$/.test(name))) {
    return 'parameter-name';
  }
  // The order of repeated values is not signed: another order would be another message.
  if (Array.isArray(params.MessageSid)) return 'no-message-sid';
  const sid = textParam(params, 'MessageSid');
  if (!isMessageSid(sid)) return 'no-message-sid';
  return hidesOtherSid(request, sid) ? 'hidden-message-sid' : null;
}

/**
 * Whether the signed text can be split into a form with another sid. docs/adr/0017 has the proof that none is
 * missed, and why some parameters may name other messages.
 */
function hidesOtherSid(request: WebhookRequest, ownSid: string): boolean {
  const { text, otherSidsAt } = readSignedText(request, ownSid);
  // A GET: the end of its query can be split off as a form.
  if ([...text.matchAll(SID_IN_QUERY)].some(([, sid]) => sid !== ownSid)) return true;
  return [...text.matchAll(SID_BEHIND_ITS_NAME)].some(({ index, 0: match, 1: sid }) => {
    const isOfOtherName = otherSidsAt.has(index + 'MessageSid'.length);
    return sid !== ownSid && !isOfOtherName && canEndAt(text, index + match.length);
  });
}

/** Whether a `MessageSid` can end here: at the end of the text, or before a name that sorts after it. */
function canEndAt(text: string, end: number): boolean {
  if (end === text.length) return true;
  // If a name sorts after it, so does every extension of that name. One more character decides.
  const longestName = /^\w*/.exec(text.slice(end, end + 'MessageSid'.length + 1))?.[0] ?? '';
  return longestName > 'MessageSid';
}

/**
 * The URL and the signed text after it: an attacker may have moved a part of a form into the query.
 *
 * @returns `otherSidsAt`: offsets at which values of parameters begin that name other messages, such as
 *   `OriginalRepliedMessageSid`
 */
function readSignedText(
  request: WebhookRequest,
  ownSid: string,
): { text: string; otherSidsAt: Set<number> } {
  const { url, params } = request;
  const otherSidsAt = new Set<number>();
  if (!isForm(request)) return { text: url, otherSidsAt };
  let text = url;
  for (const [name, value] of signedPairs(params)) {
    text += name;
    // `SmsMessageSid` is the message's own sid. Check the text, as the name may be split: `sMessageSid`.
    const isOther = /\wMessageSid$/.test(name) && !text.endsWith('SmsMessageSid');
    if (isOther && isMessageSid(value) && params.SmsMessageSid === ownSid) {
      otherSidsAt.add(text.length);
    }
    text += value;
  }
  return { text, otherSidsAt };
}
