import { isJsonObject, jsonObject } from '../database/json-object.ts';
import { sanitizeJson } from '../database/sanitize-json.ts';
import { MESSAGE_SID } from '../twilio/sids.ts';
import { decodeBase64Text } from './base64-text.ts';
import type { MessageDetails } from './message-details.ts';
import { textParam, type WebhookParams } from './webhook-request.ts';

// Lengths in characters. What is longer is not what Twilio means by the parameter, and stays in `params` only.
const SHORT = 256;
const LONG = 4096;
const URL_LENGTH = 2048;
const JSON_LENGTH = 16_384;
const ADDRESS_LENGTH = 100;
// Of WhatsApp and RCS, such as `rcs:brand_agent`; a number alone is SMS or MMS.
const CHANNEL = /^([a-z]{1,20}):/;
const SID = /^[A-Z]{2}[0-9a-fA-F]{32}$/;
const DEGREES = /^[+-]?\d{1,3}(\.\d{1,20})?$/;

/**
 * Reads the details of a stored message; a value that cannot be valid is left out. Names of parameters:
 * https://www.twilio.com/docs/messaging/guides/webhook-request. `MessageType`, `OtherRecipientsN`,
 * `ChannelMetadata` and `InteractiveData` are not described there; they were observed in webhooks.
 *
 * @param message `params` as received, sanitized; `body` as it is shown
 */
export function readMessageDetails(message: {
  from: string;
  body: string;
  params: unknown;
}): MessageDetails {
  const params = jsonObject(message.params);
  const read = (name: string, max = SHORT) => single(params[name], max);
  const channel = channelOf(message.from);
  const details: Found<MessageDetails> = {
    channel,
    messageType: read('MessageType'),
    bodyEncoding: isDecoded(message.body, textParam(params, 'Body')) ? 'base64' : undefined,
    profileName: read('ProfileName'),
    waId: read('WaId'),
    button: present<NonNullable<MessageDetails['button']>>({
      text: read('ButtonText'),
      payload: read('ButtonPayload', LONG),
      type: read('ButtonType'),
    }),
    listItem: present<NonNullable<MessageDetails['listItem']>>({
      id: read('ListId'),
      title: read('ListTitle'),
      description: read('ListDescription'),
    }),
    interactiveData: readJson(params.InteractiveData),
    location: readLocation(read),
    reply: present<NonNullable<MessageDetails['reply']>>({
      messageSid: matching(read('OriginalRepliedMessageSid'), MESSAGE_SID),
      sender: read('OriginalRepliedMessageSender', ADDRESS_LENGTH),
    }),
    forwarded: readFlag(read('Forwarded')),
    frequentlyForwarded: readFlag(read('FrequentlyForwarded')),
    referral: readReferral(read),
    otherRecipients: readOtherRecipients(params),
    addressSid: matching(read('AddressSid'), SID),
    channelMetadata: readJson(params.ChannelMetadata),
  };
  return present(details) ?? {};
}

/** The channel of an address such as `whatsapp:+15551234567`; undefined for SMS and MMS. */
export function channelOf(address: string): string | undefined {
  return CHANNEL.exec(address)?.[1];
}

type Read = (name: string, max?: number) => string | undefined;
type Found<T> = { [Key in keyof Required<T>]: Required<T>[Key] | undefined };

/** What was found; undefined when nothing was. */
function present<T extends object>(found: Found<T>): T | undefined {
  const entries = Object.entries(found).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T);
}

/** A value that is not empty. Of repeated ones none: the signature does not cover their order. */
function single(value: unknown, max: number): string | undefined {
  const [given, ...others] = new Set(Array.isArray(value) ? value : [value]);
  if (others.length > 0 || !['string', 'number', 'boolean'].includes(typeof given))
    return undefined;
  const trimmed = String(given).trim();
  return trimmed !== '' && trimmed.length <= max ? trimmed : undefined;
}

function matching(value: string | undefined, pattern: RegExp): string | undefined {
  return value !== undefined && pattern.test(value) ? value : undefined;
}

function readFlag(value: string | undefined): boolean | undefined {
  const known = matching(value?.toLowerCase(), /^(true|false)$/);
  return known === undefined ? undefined : known === 'true';
}

/** Whether the text that is shown was decoded on receipt; older releases stored it as it came. */
function isDecoded(shown: string, received: string): boolean {
  return shown !== received && decodeBase64Text(received) === shown;
}

function readLocation(read: Read): MessageDetails['location'] {
  const latitude = degrees(read('Latitude'), 90);
  const longitude = degrees(read('Longitude'), 180);
  if (latitude === undefined || longitude === undefined) return undefined;
  return {
    latitude,
    longitude,
    address: read('Address', LONG) ?? null,
    label: read('Label', LONG) ?? null,
  };
}

function degrees(value: string | undefined, max: number): number | undefined {
  const number = Number(matching(value, DEGREES));
  return Math.abs(number) <= max ? number : undefined;
}

function readReferral(read: Read): MessageDetails['referral'] {
  const count = matching(read('ReferralNumMedia'), /^\d{1,3}$/);
  // Twilio sends the number 0 with every message.
  const mediaCount = count === undefined || Number(count) === 0 ? undefined : Number(count);
  return present<NonNullable<MessageDetails['referral']>>({
    body: read('ReferralBody', LONG),
    headline: read('ReferralHeadline', LONG),
    sourceId: read('ReferralSourceId'),
    sourceType: read('ReferralSourceType'),
    sourceUrl: webUrl(read('ReferralSourceUrl', URL_LENGTH)),
    clickId: read('ReferralCtwaClid', LONG),
    mediaCount,
    mediaId: read('ReferralMediaId'),
    mediaContentType: read('ReferralMediaContentType'),
    mediaUrl: webUrl(read('ReferralMediaUrl', URL_LENGTH)),
  });
}

/** Other schemes, such as `javascript:`, could run in a page that links to the URL. */
function webUrl(value: string | undefined): string | undefined {
  const protocol = value === undefined ? undefined : URL.parse(value)?.protocol;
  return protocol === 'https:' || protocol === 'http:' ? value : undefined;
}

function readOtherRecipients(params: WebhookParams): string[] | undefined {
  const addresses = Object.keys(params)
    .flatMap((name) => /^OtherRecipients(\d{1,3})$/.exec(name)?.[1] ?? [])
    .sort((one, other) => Number(one) - Number(other))
    .flatMap((index) => single(params[`OtherRecipients${index}`], ADDRESS_LENGTH) ?? []);
  return addresses.length === 0 ? undefined : [...new Set(addresses)];
}

/** An object that was sent as JSON text, or in a webhook whose body is JSON. */
function readJson(value: unknown): Record<string, unknown> | undefined {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  // JSON in a text may write NUL and lone surrogates as escapes.
  const clean = isJsonObject(parsed) ? jsonObject(sanitizeJson(parsed)) : {};
  return Object.keys(clean).length === 0 ? undefined : clean;
}

function parseJson(text: string): unknown {
  if (text.length > JSON_LENGTH) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
