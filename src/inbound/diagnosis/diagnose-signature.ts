import { timingSafeEqual } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { Keyring } from '../../twilio/keyring.ts';
import { textParam, type WebhookParams } from '../webhook-request.ts';
import { type ParamsVariant, paramsVariants } from './params-variants.ts';
import type { RefusedRequest } from './refused-request.ts';
import { adviseOn, adviseOnNothing } from './signature-advice.ts';
import { checkedVariant, type UrlVariant, urlVariants } from './url-variants.ts';

/** A token by its place, because its value is for nobody to read. */
export interface TokenPlace {
  accountSid: string;
  /** Among the account's tokens, from 0. */
  position: number;
}

/** What Twilio did sign. */
export interface SignedVariant {
  url: UrlVariant;
  params: ParamsVariant;
  token: TokenPlace;
}

/** Why a signature did not match. Holds no token, and nothing of parameters or queries. */
export interface Diagnosis {
  /** The variant that matches; null when none does. */
  signed: SignedVariant | null;
  /** One line: what was signed, and what to set. */
  advice: string;
  /** Signatures that were calculated, at most 200. */
  tries: number;
}

const MOST_TRIES = 200;
// Bytes that are hashed in all, so that a large body is tried less often.
const MOST_HASHED = 1024 * 1024;
// Twilio sends some thirty; to sort thousands two hundred times would take long.
const MOST_VALUES = 200;

/**
 * Finds out which variant of a refused request its signature would have matched: what a proxy
 * changes, a wrong `PUBLIC_URL`, a token that is listed for another account. For the log alone: a
 * request is refused whatever is found.
 */
export function diagnoseSignature(request: RefusedRequest, keyring: Keyring): Diagnosis {
  const accountSid = textParam(request.webhook.params, 'AccountSid');
  const checked = checkedVariant(request);
  const { signed, tries } = search(request, accountSid, keyring);
  const advice =
    signed === null
      ? adviseOnNothing(accountSid, checked, keyring.tokensOf(accountSid).length > 0)
      : adviseOn(signed, { checked, accountSid, publicUrl: request.publicUrl });
  return { signed, advice, tries };
}

function search(request: RefusedRequest, accountSid: string, keyring: Keyring) {
  const { webhook, body } = request;
  let tries = 0;
  if (Object.values(webhook.params).flat().length > MOST_VALUES) return { signed: null, tries };
  const size = webhook.url.length + body.length;
  const most = Math.min(MOST_TRIES, Math.floor(MOST_HASHED / size));
  const matches = (token: string, url: string, params: WebhookParams) => {
    tries += 1;
    const expected = getExpectedTwilioSignature(token, url, params);
    return isSame(expected, webhook.signature);
  };
  for (const variant of candidates(request, accountSid, keyring)) {
    if (tries === most) break;
    const { url, params, token } = variant;
    const value = keyring.tokensOf(token.accountSid)[token.position] ?? '';
    if (matches(value, url.base + url.path + url.query, params.params)) {
      return { signed: variant, tries };
    }
  }
  return { signed: null, tries };
}

/** The likely ones first: one difference, then two. */
function* candidates(
  request: RefusedRequest,
  accountSid: string,
  keyring: Keyring,
): Generator<SignedVariant> {
  const placesOf = (sid: string): TokenPlace[] =>
    keyring.tokensOf(sid).map((_token, position) => ({ accountSid: sid, position }));
  const own = placesOf(accountSid);
  const others = keyring.accounts().flatMap((sid) => (sid === accountSid ? [] : placesOf(sid)));
  const [url, ...otherUrls] = urlVariants(request);
  const [params, ...otherParams] = paramsVariants(request);
  if (url === undefined || params === undefined) return;
  for (const token of [...own, ...others]) yield { url, params, token };
  for (const token of own) for (const other of otherParams) yield { url, params: other, token };
  for (const other of otherUrls) for (const token of own) yield { url: other, params, token };
  for (const other of otherUrls) for (const token of others) yield { url: other, params, token };
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
