import { z } from 'zod';
import { messageSid } from '../twilio/sid-schema.ts';
import { TwilioError } from '../twilio/twilio-error.ts';
import { nextPage } from './list-path.ts';

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

/** An inbound message with media, as Twilio lists it. */
export type ListedMessage = z.output<typeof message>;

export interface MessagePage {
  messages: ListedMessage[];
  /** How many have media and cannot be read. */
  unreadable: number;
  /** When the oldest was sent; null without any. */
  reachedAt: Date | null;
  /** Path and query; null on the last page. */
  next: string | null;
}

/**
 * Reads a page of `Messages.json`. Messages without media and outbound ones are left out.
 *
 * @throws TwilioError `rejected` for what is no such page
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

/** Twilio tells whole seconds, and by its order, newest first, what came first within one. */
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
