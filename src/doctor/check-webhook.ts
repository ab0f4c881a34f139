import twilio from 'twilio';
import { FORGED_PROBE_MESSAGE_SID, PROBE_MESSAGE_SID } from '../inbound/probe.ts';
import type { AccountToken } from '../twilio/tokens.ts';
import { type Answer, ask, type Finding, ok, problem } from './finding.ts';

const NAME = 'webhook';

/**
 * Calls the webhook at `PUBLIC_URL` as Twilio does, with a valid and an invalid signature. Nothing of these
 * requests is stored.
 */
export async function checkWebhook(
  publicUrl: string | undefined,
  account: AccountToken,
): Promise<Finding> {
  if (publicUrl === undefined) return problem('skipped', NAME, 'PUBLIC_URL is not set', null);
  const url = `${publicUrl}/twilio/incoming`;
  // The valid one first, because the server diagnoses only one wrong signature a second in its log.
  const signed = await call(url, account, PROBE_MESSAGE_SID);
  const bad = judgeSigned(signed, url);
  if (bad !== null) return bad;
  const { accountSid, authToken } = account;
  const wrong = { accountSid, authToken: `not ${authToken}` };
  const forged = await call(url, wrong, FORGED_PROBE_MESSAGE_SID);
  if (codeOf(forged) === 'signature_invalid') {
    return ok(NAME, `${url} accepts a signed request, and refuses one with a wrong signature`);
  }
  const detail = `${url} does not refuse a wrong signature (${shown(forged)})`;
  return problem(
    'failed',
    NAME,
    detail,
    'Make sure that the proxy forwards to one server only, with a current version of mms-inbox.',
  );
}

function call(
  url: string,
  { accountSid, authToken }: AccountToken,
  MessageSid: string,
): Promise<Answer> {
  const params = { AccountSid: accountSid, MessageSid, NumMedia: '0' };
  const signature = twilio.getExpectedTwilioSignature(authToken, url, params);
  return ask(url, {
    method: 'POST',
    headers: { 'x-twilio-signature': signature },
    body: new URLSearchParams(params),
  });
}

/** @returns null where the signature was accepted */
function judgeSigned(answer: Answer, url: string): Finding | null {
  const failed = (detail: string, remedy: string) => problem('failed', NAME, detail, remedy);
  if (answer.problem !== null) return failed(answer.problem, 'Make PUBLIC_URL reachable first.');
  switch (codeOf(answer)) {
    case 'invalid_request':
      return null;
    case 'signature_invalid':
      return failed(
        `${url} refuses the signature of TWILIO_AUTH_TOKEN`,
        'The running server has another TWILIO_AUTH_TOKEN or PUBLIC_URL, or the proxy changes the ' +
          'request: the line "wrong signature" in its log says which. Restart it after a change.',
      );
    case 'signature_missing':
      return failed(
        `${url} got no X-Twilio-Signature`,
        'Configure the proxy to forward the header X-Twilio-Signature.',
      );
    default:
      return failed(
        `${url} does not answer as mms-inbox does (${shown(answer)})`,
        'Configure the proxy to forward the path to this server, without the prefix of PUBLIC_URL, and ' +
          'check that its ROLES include receiver.',
      );
  }
}

function codeOf(answer: Answer): unknown {
  return answer.problem === null ? answer.json.code : undefined;
}

function shown(answer: Answer): string {
  return answer.problem ?? `it answers ${answer.status}`;
}
