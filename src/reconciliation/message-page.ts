import { z } from 'zod';
import { messageSid } from '../twilio/address-fields.ts';
import { TwilioError } from '../twilio/twilio-error.ts';

/** RFC 2822, as in `Tue, 24 Nov 2026 12:00:00 +0000`. */
export const rfc2822 = z
  .string()
  .transform((text) => new Date(text))
  .refine((time) => !Number.isNaN(time.getTime()), 'a date');

const page = z.object({ messages: z.array(z.unknown()), next_page_uri: z.string().nullish() });

const withMedia = z.object({
  direction: z.literal('inbound'),
  num_media: z.coerce.string().regex(/^0*[1-9]\d*$/),
});

const message = z
  .object({
    sid: messageSid,
    from: z.string().nullable(),
    to: z.string().nullable(),
    body: z.string().nullable(),
    num_media: z.coerce.number(),
    messaging_service_sid: z.string().nullish(),
    date_sent: rfc2822.nullish(),
    date_created: rfc2822,
  })
  .transform(({ date_sent, date_created, ...rest }) => ({
    ...rest,
    sentAt: date_sent ?? date_created,
  }));

/** An inbound message with media from Twilio's list. */
export type ListedMessage = z.output<typeof message>;

interface MessagePage {
  messages: ListedMessage[];
  /** The number of messages with media that cannot be parsed. */
  unreadable: number;
  /** When the oldest message was sent; null for an empty page. */
  reachedAt: Date | null;
  /** Path and query; null on the last page. */
  next: string | null;
}

/**
 * Reads a page of `Messages.json`. Messages without media and outbound ones are left out.
 *
 * @throws TwilioError `rejected` for JSON that is not such a page
 */
export function readMessagePage(accountSid: string, json: unknown): MessagePage {
  const parsed = page.safeParse(json);
  if (!parsed.success) {
    throw new TwilioError('rejected', `Twilio's list for account ${accountSid} cannot be read`);
  }
  const { messages: all, next_page_uri: next } = parsed.data;
  const wanted = all.filter((item) => withMedia.safeParse(item).success);
  const messages = orderInSecond(wanted.flatMap((item) => message.safeParse(item).data ?? []));
  const times = all.flatMap((item) => message.safeParse(item).data?.sentAt.getTime() ?? []);
  return {
    messages,
    unreadable: wanted.length - messages.length,
    reachedAt: times.length === 0 ? null : new Date(Math.min(...times)),
    next: next ? nextPage(accountSid, next) : null,
  };
}

/**
 * Adds milliseconds that keep Twilio's order: its times are whole seconds, and within one second only
 * the order of the list, newest first, shows which message came first.
 */
function orderInSecond(messages: ListedMessage[]): ListedMessage[] {
  const placesTaken = new Map<number, number>();
  return messages
    .toReversed()
    .map((message) => {
      const second = message.sentAt.getTime();
      const place = placesTaken.get(second) ?? 0;
      placesTaken.set(second, place + 1);
      return { ...message, sentAt: new Date(second + place) };
    })
    .toReversed();
}

/** Selects messages sent from `since` on, up to `until`, to one address or to any. */
export interface Selection {
  since: Date;
  until: Date | null;
  to: string | null;
}

// Twilio allows 1000; smaller pages mean less repeated work after an interruption.
const PAGE_SIZE = 100;
// Twilio sends at most ten.
const MAX_MEDIA = 100;

/** Path and query of the first page of an account's messages, newest first. */
export function firstPage(accountSid: string, { since, until, to }: Selection): string {
  const query = new URLSearchParams({ PageSize: String(PAGE_SIZE), 'DateSent>': seconds(since) });
  if (until !== null) query.set('DateSent<', seconds(until));
  if (to !== null) query.set('To', to);
  return `${messagesPath(accountSid)}?${query}`;
}

/**
 * Validates a `next_page_uri` before credentials are sent there.
 *
 * @throws TwilioError `rejected` for anything but another page of the same list
 */
export function nextPage(accountSid: string, uri: string): string {
  const list = `${messagesPath(accountSid)}?`;
  // No fragment, no white space, nothing that a URL parser would normalize silently.
  if (uri.startsWith(list) && /^[\x21\x24-\x5b\x5d-\x7e]*$/.test(uri.slice(list.length)))
    return uri;
  throw new TwilioError('rejected', `The next page of account ${accountSid} is not on its list`);
}

/** Path and query of the media of one message. */
export function mediaPage(accountSid: string, messageSid: string): string {
  return `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media.json?PageSize=${MAX_MEDIA}`;
}

function messagesPath(accountSid: string): string {
  return `/2010-04-01/Accounts/${accountSid}/Messages.json`;
}

/** The format that Twilio's helper libraries send. */
function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
