import twilio from 'twilio';
import { FORGED_PROBE_MESSAGE_SID, PROBE_MESSAGE_SID } from '../inbound/probe.ts';
import type { AccountToken } from '../twilio/tokens.ts';
import { type Answer, ask, type Finding, ok, problem } from './finding.ts';

const NAME = 'webhook';

/**
 * Calls the webhook at `PUBLIC_URL` as Twilio does, rightly and wrongly signed, with a request of
 * which nothing is kept.
 */
export async function checkWebhook(
  publicUrl: string | undefined,
  account: AccountToken,
): Promise<Finding> {
  if (publicUrl === undefined) return problem('skipped', NAME, 'PUBLIC_URL is not set', null);
  const url = `${publicUrl}/twilio/incoming`;
  // First the right one: the server explains one wrong signature a second.
  const signed = await call(url, account, PROBE_MESSAGE_SID);
  const bad = judgeSigned(signed, url);
  if (bad !== null) return bad;
  const { accountSid, authToken } = account;
  const wrong = { accountSid, authToken: `not ${authToken}` };
  const forged = await call(url, wrong, FORGED_PROBE_MESSAGE_SID);
  if (codeOf(forged) === 'signature_invalid') {
    return ok(NAME, `${url} accepts a signed request, and refuses one that is wrongly signed`);
  }
  const detail = `${url} does not refuse a wrong signature (${shown(forged)})`;
  return problem(
    'failed',
    NAME,
    detail,
    'Make sure that the proxy asks one server, a current one.',
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
  if (answer.problem !== null) return failed(answer.problem, 'First have PUBLIC_URL answer.');
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
        'Have the proxy pass the header X-Twilio-Signature on.',
      );
    default:
      return failed(
        `${url} does not answer as mms-inbox does (${shown(answer)})`,
        'Have the proxy pass the path on to this server, without the prefix of PUBLIC_URL, and ' +
          'check that its ROLES have receiver.',
      );
  }
}

function codeOf(answer: Answer): unknown {
  return answer.problem === null ? answer.json.code : undefined;
}

function shown(answer: Answer): string {
  return answer.problem ?? `it answers ${answer.status}`;
}
