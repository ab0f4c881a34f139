import type { Request } from 'express';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { equalInConstantTime } from '../../auth/equal-in-constant-time.ts';
import type { Keyring } from '../../twilio/keyring.ts';
import { ACCOUNT_SID } from '../../twilio/sids.ts';
import { textParam, type WebhookParams, type WebhookRequest } from '../webhook-request.ts';
import { type RefusedRequest, readRefusedRequest } from './refused-request.ts';
import {
  checkedVariant,
  type ParamsVariant,
  paramsVariants,
  type UrlVariant,
  urlVariants,
} from './signed-variants.ts';

/**
 * Logs why a signature did not match. Does not affect the answer.
 *
 * @returns null when it was not examined
 */
type SignatureDiagnosis = (request: Request, webhook: WebhookRequest) => Diagnosis | null;

// A flood of wrong signatures must cost little more than refusing it.
const PAUSE_MS = 1000;

/**
 * Logs one line for a refused request, at most one a second; the next line has the number of those skipped.
 *
 * @param now milliseconds of a monotonic clock
 */
export function createSignatureDiagnosis(
  { keyring, publicUrl }: { keyring: Keyring; publicUrl: string | undefined },
  now: () => number = () => performance.now(),
): SignatureDiagnosis {
  let next = Number.NEGATIVE_INFINITY;
  let skipped = 0;
  return (request, webhook) => {
    if (now() < next) {
      skipped += 1;
      return null;
    }
    next = now() + PAUSE_MS;
    const facts = readRefusedRequest(request, webhook, publicUrl);
    const diagnosis = diagnoseSignature(facts, keyring);
    const { advice, tries } = diagnosis;
    request.log.warn({ tries, skipped }, `wrong signature: ${advice}`);
    skipped = 0;
    return diagnosis;
  };
}

/** A token by its position, because its value must not be logged. */
interface TokenPlace {
  accountSid: string;
  /** Among the account's tokens, from 0. */
  position: number;
}

/** What Twilio actually signed. */
interface SignedVariant {
  url: UrlVariant;
  params: ParamsVariant;
  token: TokenPlace;
}

/** Why a signature did not match. Contains no token, and no values of parameters or queries. */
export interface Diagnosis {
  /** The variant that matches; null when none does. */
  signed: SignedVariant | null;
  /** One line: what was signed, and which setting to change. */
  advice: string;
  /** Number of signatures that were calculated, at most 200. */
  tries: number;
}

const MAX_TRIES = 200;
// Total bytes to hash, so that fewer variants of a large body are tried.
const MAX_HASHED = 1024 * 1024;
// Twilio sends some thirty; sorting thousands two hundred times would be slow.
const MAX_VALUES = 200;

/**
 * Finds the variant of a refused request that its signature matches: changed by a proxy, with another
 * `PUBLIC_URL`, or with a token that is listed for another account. Only for the log and for operators: the
 * request is refused whatever is found.
 */
export function diagnoseSignature(request: RefusedRequest, keyring: Keyring): Diagnosis {
  const accountSid = textParam(request.webhook.params, 'AccountSid');
  const checked = checkedVariant(request);
  const { signed, tries } = search(request, accountSid, keyring);
  const advice =
    signed === null
      ? adviseWithoutMatch(accountSid, checked, keyring.tokensOf(accountSid).length > 0)
      : adviseOn(signed, { checked, accountSid, publicUrl: request.publicUrl });
  return { signed, advice, tries };
}

function search(request: RefusedRequest, accountSid: string, keyring: Keyring) {
  const { webhook, body } = request;
  let tries = 0;
  if (Object.values(webhook.params).flat().length > MAX_VALUES) return { signed: null, tries };
  const size = webhook.url.length + body.length;
  const maxTries = Math.min(MAX_TRIES, Math.floor(MAX_HASHED / size));
  const matches = (token: string, url: string, params: WebhookParams) => {
    tries += 1;
    const expected = getExpectedTwilioSignature(token, url, params);
    return equalInConstantTime(expected, webhook.signature);
  };
  for (const variant of candidates(request, accountSid, keyring)) {
    if (tries === maxTries) break;
    const { url, params, token } = variant;
    const value = keyring.tokensOf(token.accountSid)[token.position] ?? '';
    if (matches(value, url.base + url.path + url.query, params.params)) {
      return { signed: variant, tries };
    }
  }
  return { signed: null, tries };
}

/** Most likely first: one difference, then two. */
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

interface Refused {
  checked: UrlVariant;
  /** As in the request. */
  accountSid: string;
  publicUrl: string | undefined;
}

const UNCHANGED = 'have the proxy pass it on unchanged';

/** One line on the variant that matches: what was signed, and which setting to change. */
function adviseOn({ url, params, token }: SignedVariant, refused: Refused): string {
  const { checked, accountSid, publicUrl } = refused;
  const advice: string[] = [];
  if (url.base !== checked.base) {
    const known =
      publicUrl === undefined
        ? `PUBLIC_URL is not set, and the request looked like ${checked.base}`
        : `PUBLIC_URL says ${publicUrl}`;
    advice.push(`${known}: set PUBLIC_URL=${url.base}`);
  }
  if (url.path !== checked.path) {
    advice.push(
      `the path arrived as ${checked.path}: enter ${url.base}${checked.path} at Twilio, or ` +
        UNCHANGED,
    );
  }
  if (url.query !== checked.query) {
    advice.push(`the query arrived ${changeOf(url.query, checked.query)}: ${UNCHANGED}`);
  }
  if (params.change !== null) {
    advice.push(`the parameters arrived changed (${params.change}): ${UNCHANGED}`);
  }
  if (token.accountSid !== accountSid) {
    advice.push(
      `signed with token ${token.position} of account ${token.accountSid}, but AccountSid is ` +
        `${shown(accountSid)}: list that token for this account in TWILIO_AUTH_TOKENS`,
    );
  }
  if (advice.length === 0) {
    advice.push(`the body is not the one whose hash was signed (bodySHA256): ${UNCHANGED}`);
  }
  return [`signed for ${url.base}${url.path}`, ...advice].join('; ');
}

/** One line for when no variant matches. */
function adviseWithoutMatch(
  accountSid: string,
  checked: UrlVariant,
  isKnownAccount: boolean,
): string {
  if (!isKnownAccount) {
    return (
      `there is no token of account ${shown(accountSid)}: if it is yours, a subaccount perhaps, add ` +
      'ACsid:token to TWILIO_AUTH_TOKENS; else it was not Twilio'
    );
  }
  return (
    `no variant of URL, parameters and tokens matches: the token of ${accountSid} is wrong (it must ` +
    `be the primary one of this account and region), the URL at Twilio has little in common with ` +
    `${checked.base}${checked.path}, or it was not Twilio`
  );
}

function changeOf(signed: string, arrived: string): string {
  if (signed === '') return 'though none was signed';
  return arrived === '' ? 'without what was signed' : 'different from what was signed';
}

/** Sids are not secret, but a malformed value may be anything. */
function shown(accountSid: string): string {
  return ACCOUNT_SID.test(accountSid) ? accountSid : '(malformed)';
}
