import type { ErrorCode } from '../errors/app-error.ts';
import { type Answer, defineOperation } from '../http/operation.ts';

const path = '/twilio/incoming';
const tag = 'Twilio';
const headers = {
  'X-Twilio-Signature': 'HMAC-SHA-1 over URL and parameters, with the auth token.',
};
const answers: Record<200, Answer> = {
  200: {
    description:
      'TwiML: committed and synced to disk, or known already. `<Response/>`, or a reply with `REPLY_TEXT`.',
    contentTypes: ['text/xml'],
  },
};
const problems = [
  'signature_missing',
  'signature_invalid',
  'invalid_request',
  'too_many_parameters',
] as const satisfies ErrorCode[];

/** The webhook that Twilio calls. Its parameters are Twilio's. */
export const inboundOperations = {
  receiveMessage: defineOperation({
    id: 'receiveMessage',
    method: 'post',
    path,
    tag,
    summary: 'Receive a message (Twilio calls this)',
    description:
      '`application/x-www-form-urlencoded`, or JSON with `bodySHA256` in the URL; at most 64 KiB and 250 ' +
      'parameters. [The parameters](https://www.twilio.com/docs/messaging/guides/webhook-request).',
    access: 'signature',
    headers,
    rawBody: ['application/x-www-form-urlencoded', 'application/json'],
    answers,
    problems: [...problems, 'request_timeout'],
  }),
  receiveMessageByGet: defineOperation({
    id: 'receiveMessageByGet',
    method: 'get',
    path,
    tag,
    summary: 'Receive a message whose parameters are in the URL',
    description: 'Use `POST`: request line and headers together may have 16 KiB.',
    access: 'signature',
    headers,
    answers,
    problems,
  }),
};
