import { TwilioError } from '../twilio/twilio-error.ts';

/** Which messages are meant: sent from `since` on, up to `until`, to one address or to any. */
export interface Selection {
  since: Date;
  until: Date | null;
  to: string | null;
}

// Small enough that what an interruption repeats is little; Twilio would give a thousand.
const PAGE_SIZE = 100;
// Twilio sends ten at the most.
const MOST_MEDIA = 100;

/** Path and query of the first page of an account's messages, newest first. */
export function firstPage(accountSid: string, { since, until, to }: Selection): string {
  const query = new URLSearchParams({ PageSize: String(PAGE_SIZE), 'DateSent>': seconds(since) });
  if (until !== null) query.set('DateSent<', seconds(until));
  if (to !== null) query.set('To', to);
  return `${messagesPath(accountSid)}?${query}`;
}

/**
 * Checks a `next_page_uri` before credentials are sent there.
 *
 * @throws TwilioError `rejected` for anything but another page of the same list
 */
export function nextPage(accountSid: string, uri: string): string {
  const list = `${messagesPath(accountSid)}?`;
  // No fragment, no white space, nothing that a URL parser would repair in silence.
  if (uri.startsWith(list) && /^[\x21\x24-\x5b\x5d-\x7e]*$/.test(uri.slice(list.length)))
    return uri;
  throw new TwilioError('rejected', `The next page of account ${accountSid} is not on its list`);
}

/** Path and query of the media of one message. */
export function mediaPage(accountSid: string, messageSid: string): string {
  return `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media.json?PageSize=${MOST_MEDIA}`;
}

function messagesPath(accountSid: string): string {
  return `/2010-04-01/Accounts/${accountSid}/Messages.json`;
}

/** As Twilio's helper libraries send it. */
function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}
