import { randomBytes } from 'node:crypto';
import autocannon from 'autocannon';
import twilio from 'twilio';

export interface Load {
  /** Requests per second over the whole run. */
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

const CONNECTIONS = 50;

/**
 * Sends signed messages with one attachment each, every one of them new.
 *
 * @param amount requests
 * @throws Error when one is not answered 200
 */
export async function sendMessages(
  to: { baseUrl: string; publicUrl: string; accountSid: string; authToken: string },
  amount: number,
  connections = CONNECTIONS,
): Promise<Load> {
  // Signed beforehand, so that the generator costs both servers the same and little.
  const requests = Array.from({ length: amount }, () => signedMessage(to));
  let next = 0;
  // autocannon ends, and counts, by whole seconds.
  const start = performance.now();
  let end = start;
  const result = await autocannon({
    url: `${to.baseUrl}/twilio/incoming`,
    method: 'POST',
    connections,
    amount,
    setupClient(client) {
      const setNext = () => {
        const request = requests[next++ % amount];
        if (request) client.setHeadersAndBody(request.headers, request.body);
      };
      setNext();
      client.on('response', () => {
        end = performance.now();
        setNext();
      });
    },
  });
  if (result['2xx'] !== amount) {
    throw new Error(`${amount - result['2xx']} of ${amount} requests were not answered 200`);
  }
  const { p50, p99 } = result.latency;
  return { perSecond: (amount * 1000) / (end - start), p50, p99 };
}

/** The request of a webhook for a new message with attachments. */
export function signedMessage(
  to: { publicUrl: string; accountSid: string; authToken: string },
  { from = '+15550100001', mediaSids = [`ME${randomBytes(16).toString('hex')}`] } = {},
) {
  const MessageSid = `MM${randomBytes(16).toString('hex')}`;
  const messageUrl = `https://api.twilio.com/2010-04-01/Accounts/${to.accountSid}/Messages/${MessageSid}`;
  const attachments = mediaSids.flatMap((sid, index) => [
    [`MediaContentType${index}`, 'image/jpeg'],
    [`MediaUrl${index}`, `${messageUrl}/Media/${sid}`],
  ]);
  const params = {
    MessageSid,
    SmsSid: MessageSid,
    SmsMessageSid: MessageSid,
    AccountSid: to.accountSid,
    From: from,
    To: '+15550109999',
    Body: 'A picture for you',
    ApiVersion: '2010-04-01',
    FromCity: 'Springfield',
    FromState: 'IL',
    FromZip: '62701',
    FromCountry: 'US',
    ToCity: 'Springfield',
    ToState: 'IL',
    ToZip: '62702',
    ToCountry: 'US',
    SmsStatus: 'received',
    NumSegments: '1',
    NumMedia: String(mediaSids.length),
    ...Object.fromEntries(attachments),
  };
  const url = `${to.publicUrl}/twilio/incoming`;
  return {
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': twilio.getExpectedTwilioSignature(to.authToken, url, params),
    },
    body: new URLSearchParams(params).toString(),
  };
}
