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
  return [...joinParams(params).matchAll(SID_BEHIND_ITS_NAME)].map(([, sid = '']) => sid);
}

const SID_BEHIND_ITS_NAME = new RegExp(`MessageSid(${MESSAGE_SID_PATTERN})`, 'g');
const SID_IN_QUERY = new RegExp(`[?&]MessageSid=(${MESSAGE_SID_PATTERN})(?=&|$)`, 'g');

function suspicionOf(request: WebhookRequest): Suspicion | null {
  const { params } = request;
  if (isForm(request) && !Object.keys(params).every((name) => /^\w+$/.test(name))) {
    return 'parameter-name';
  }
  // Of a repeated one another order would make another message.
  if (Array.isArray(params.MessageSid)) return 'no-message-sid';
  const sid = textParam(params, 'MessageSid');
  if (!isMessageSid(sid)) return 'no-message-sid';
  return hidesOtherSid(request, sid) ? 'hidden-message-sid' : null;
}

/**
 * Whether the signed text can be cut into a form of another sid. The proof that none is missed, and why some
 * parameters may name other messages, is in docs/adr/0017.
 */
function hidesOtherSid(request: WebhookRequest, ownSid: string): boolean {
  const { text, otherSidsAt } = readSignedText(request, ownSid);
  // Of a GET, the end of whose query can be cut into a form.
  if ([...text.matchAll(SID_IN_QUERY)].some(([, sid]) => sid !== ownSid)) return true;
  return [...text.matchAll(SID_BEHIND_ITS_NAME)].some(({ index, 0: match, 1: sid }) => {
    const isOfOtherName = otherSidsAt.has(index + 'MessageSid'.length);
    return sid !== ownSid && !isOfOtherName && canEndAt(text, index + match.length);
  });
}

/** Whether a `MessageSid` can end here: at the end of the text, or before a name that sorts behind it. */
function canEndAt(text: string, end: number): boolean {
  if (end === text.length) return true;
  // If a name sorts behind it, so does all that the name can be extended to. One character more decides.
  const longestName = /^\w*/.exec(text.slice(end, end + 'MessageSid'.length + 1))?.[0] ?? '';
  return longestName > 'MessageSid';
}

/**
 * The URL and what is signed behind it: a cut may have moved a part of a form into the query.
 *
 * @returns `otherSidsAt`: where the values of parameters begin that name other messages, as
 *   `OriginalRepliedMessageSid` does
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
    // Twilio's `SmsMessageSid` is the own sid. Not the name is asked but the text: `sMessageSid` is a cut of it.
    const isOther = /\wMessageSid$/.test(name) && !text.endsWith('SmsMessageSid');
    if (isOther && isMessageSid(value) && params.SmsMessageSid === ownSid) {
      otherSidsAt.add(text.length);
    }
    text += value;
  }
  return { text, otherSidsAt };
}
