import { hostPort, isLoopbackHost } from '../net/host-port.ts';

/** `api.twilio.com`, `api.<region>.twilio.com`, `api.<edge>.<region>.twilio.com`. */
const TWILIO_API_HOST =
  /^api(?:(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)?\.[a-z]{2}[0-9]{1,2})?\.twilio\.com$/;

const MEDIA_PATH =
  /^\/2010-04-01\/Accounts\/(AC[\da-fA-F]{32})\/Messages\/((?:MM|SM)[\da-fA-F]{32})\/Media\/(ME[\da-fA-F]{32})$/;

/** A `MediaUrlN` that must not be fetched. `message` is shown to users: it quotes nothing of the URL. */
export class MediaUrlError extends Error {
  override readonly name = 'MediaUrlError';
}

/** Twilio's API, as opposed to a simulator or a private gateway in front of it. */
export function isTwilioApi(url: URL): boolean {
  return url.protocol === 'https:' && url.port === '' && TWILIO_API_HOST.test(url.hostname);
}

/**
 * Checks a `MediaUrlN` before credentials are sent to it.
 *
 * The URL must be `…/2010-04-01/Accounts/AC…/Messages/MM…/Media/ME…` (SM… too), name the expected
 * account, message and attachment, and have the host of `apiBaseUrl` or one of Twilio's own API hosts. It
 * is always fetched from `apiBaseUrl`: credentials are sent to the configured host only (they are per
 * region), and gateways and simulators work.
 *
 * @returns the attachment's sid and the URL to fetch
 * @throws MediaUrlError saying which part is wrong
 */
export function checkMediaUrl(
  url: string,
  expected: { accountSid: string; messageSid: string; mediaSid?: string },
  apiBaseUrl: string,
): { mediaSid: string; url: URL } {
  // The URL parser silently normalizes these, and each has been used to make two parsers see different hosts
  // or paths in the same URL. Twilio never sends any of them.
  refuseIf(/[^\x21-\x7e]|\\/.test(url), 'holds a character that no media URL has');
  refuseIf(url.includes('@'), 'carries a user name or password');
  refuseIf(url.includes('%'), 'holds percent-encoded characters');
  refuseIf(/[?#]/.test(url), 'has a query or a fragment');
  refuseIf(/\/\.{1,2}(?:\/|$)/.test(url), 'has a path with dot segments');
  const parsed = URL.parse(url);
  if (parsed === null) throw wrong('is not a URL');

  const base = new URL(apiBaseUrl);
  const onBase = parsed.protocol === base.protocol && hostPort(parsed) === hostPort(base);
  refuseIf(parsed.protocol !== 'https:' && !onBase, 'is not https');
  refuseIf(!onBase && !isTwilioApi(parsed), 'is on a host that is not the Twilio API');

  const prefix = base.pathname.replace(/\/$/, '');
  const path =
    onBase && parsed.pathname.startsWith(prefix)
      ? parsed.pathname.slice(prefix.length)
      : parsed.pathname;
  const [, accountSid, messageSid, mediaSid] = MEDIA_PATH.exec(path) ?? [];
  if (mediaSid === undefined) throw wrong('does not have the path of a message’s media');
  refuseIf(accountSid !== expected.accountSid, 'names another account');
  refuseIf(messageSid !== expected.messageSid, 'names another message');
  refuseIf(
    expected.mediaSid !== undefined && mediaSid !== expected.mediaSid,
    'names another attachment',
  );

  const target = new URL(base.origin + prefix + path);
  // The request carries credentials, so plain HTTP is allowed only to a simulator on this machine.
  refuseIf(
    target.protocol !== 'https:' && !isLoopbackHost(target.hostname),
    'would be fetched without https from another machine',
  );
  return { mediaSid, url: target };
}

function refuseIf(condition: boolean, what: string): void {
  if (condition) throw wrong(what);
}

function wrong(what: string): MediaUrlError {
  return new MediaUrlError(`The media URL ${what}`);
}
