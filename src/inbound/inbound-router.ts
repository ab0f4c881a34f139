import { type RequestHandler, Router, raw } from 'express';
import { AppError } from '../errors.ts';
import { bodyDeadline } from '../http/body-deadline.ts';
import { methodNotAllowed } from '../http/problem.ts';
import type { Keyring } from '../twilio/keyring.ts';
import { readInboundMessage } from './inbound-message.ts';
import { readSignature, readWebhookRequest } from './read-request.ts';
import type { ReceiveMessage } from './receive-message.ts';
import { createReply } from './reply.ts';
import { findSigningToken } from './verify-signature.ts';
import { textParam } from './webhook-request.ts';

// Twilio's largest request is a fraction of this.
const MOST_BODY_BYTES = 32 * 1024;
const BODY_MS = 10_000;
const BODY_TYPES = ['application/x-www-form-urlencoded', 'application/json'];

export interface InboundDeps {
  publicUrl: string | undefined;
  twilioApiBaseUrl: string;
  keyring: Keyring;
  replyText: string | undefined;
  receiveMessage: ReceiveMessage;
}

/** `POST` and `GET /twilio/incoming`: verify, commit, answer. Nothing here waits for a download. */
export function createInboundRouter(deps: InboundDeps): Router {
  const reply = createReply(deps.replyText);

  const receive: RequestHandler = async (request, response) => {
    const webhook = readWebhookRequest(request, deps.publicUrl);
    const accountSid = textParam(webhook.params, 'AccountSid');
    const token = findSigningToken(webhook, deps.keyring.tokensOf(accountSid));
    if (token < 0) {
      request.log.warn(
        {
          accountSid: /^AC[0-9a-f]{32}$/.test(accountSid) ? accountSid : 'malformed',
          url: webhook.url.split('?')[0],
        },
        'webhook refused: wrong signature for this account and URL',
      );
      throw new AppError(
        'signature_invalid',
        'X-Twilio-Signature does not match this URL, these parameters and the auth token of ' +
          'their AccountSid.',
      );
    }
    const message = readInboundMessage(
      webhook.params,
      deps.twilioApiBaseUrl,
      new Date(),
      'webhook',
    );
    const receipt = await deps.receiveMessage(message);
    request.log.info(
      { messageSid: message.sid, accountSid, media: message.media.length, receipt, token },
      'message committed',
    );
    response.type('text/xml').send(reply);
  };

  const router = Router();
  router
    .route('/twilio/incoming')
    .get(receive)
    .post(
      refuseEarly,
      bodyDeadline(BODY_MS),
      raw({ type: BODY_TYPES, limit: MOST_BODY_BYTES, inflate: false }),
      receive,
    )
    .all(methodNotAllowed('GET', 'POST'));
  return router;
}

/** What can be refused by the headers alone costs nothing more than reading them. */
const refuseEarly: RequestHandler = (request, _response, next) => {
  if (!request.is(BODY_TYPES)) {
    throw new AppError('unsupported_media_type', `The body must be ${BODY_TYPES.join(' or ')}.`);
  }
  if (Number(request.get('content-length') ?? 0) > MOST_BODY_BYTES) {
    throw new AppError('body_too_large', `The body may have ${MOST_BODY_BYTES} bytes.`);
  }
  readSignature(request);
  next();
};
