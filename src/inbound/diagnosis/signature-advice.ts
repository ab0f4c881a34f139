import type { SignedVariant } from './diagnose-signature.ts';
import type { UrlVariant } from './url-variants.ts';

interface Refused {
  checked: UrlVariant;
  /** As the request names it. */
  accountSid: string;
  publicUrl: string | undefined;
}

const WELL_FORMED = /^AC[0-9a-fA-F]{32}$/;
const UNCHANGED = 'have the proxy pass it on unchanged';

/** One line on a variant that matches: what was signed, and what to set. */
export function adviseOn({ url, params, token }: SignedVariant, refused: Refused): string {
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
export function adviseOnNothing(
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
  return arrived === '' ? 'without what was signed' : 'other than it was signed';
}

/** Sids are no secrets, but what stands in their place may be anything. */
function shown(accountSid: string): string {
  return WELL_FORMED.test(accountSid) ? accountSid : '(malformed)';
}
