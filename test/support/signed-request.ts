import { createHash } from 'node:crypto';
import twilio from 'twilio';
import { ACCOUNT, type TestInbox } from './test-inbox.ts';

type Headers = Record<string, string>;

/** The headers of a form, signed for the decoded parameters of this text, and for a URL. */
export function signedFormHeaders(
  inbox: Pick<TestInbox, 'url'>,
  body: string,
  url = webhookUrl(inbox),
): Headers {
  const params: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(body)) {
    params[name] = [...(params[name] ?? []), value];
  }
  return {
    'content-type': 'application/x-www-form-urlencoded',
    ...signature(url, params),
  };
}

/** Posts a form with exactly this body. */
export function postForm(inbox: TestInbox, body: string): Promise<Response> {
  const headers = signedFormHeaders(inbox, body);
  return fetch(webhookUrl(inbox), { method: 'POST', body: Buffer.from(body), headers });
}

/** Posts JSON with exactly this body, signed over its hash; `query` replaces the hash. */
export function postJson(inbox: TestInbox, text: string, query?: string): Promise<Response> {
  const sha256 = createHash('sha256').update(text).digest('hex');
  const url = `${webhookUrl(inbox)}${query ?? `?bodySHA256=${sha256}`}`;
  const headers = { 'content-type': 'application/json', ...signature(url, {}) };
  return fetch(url, { method: 'POST', body: Buffer.from(text), headers });
}

function webhookUrl(inbox: Pick<TestInbox, 'url'>): string {
  return `${inbox.url}/twilio/incoming`;
}

function signature(url: string, params: Record<string, string[]>): Headers {
  const value = twilio.getExpectedTwilioSignature(ACCOUNT.authToken, url, params);
  return { 'x-twilio-signature': value };
}
