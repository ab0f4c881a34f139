// All of the package would bring Twilio's whole REST client: 30 MB and a tenth of a second at every start.

import { setTimeout } from 'node:timers/promises';
import { type Request, type RequestHandler, type Response, type Router, raw } from 'express';
import MessagingResponse from 'twilio/lib/twiml/MessagingResponse.js';
import { AppError } from '../errors/app-error.ts';
import { logNothing } from '../http/request-log.ts';
import { createResourceRouter } from '../http/resource-router.ts';
import type { Keyring } from '../twilio/keyring.ts';
import { ACCOUNT_SID } from '../twilio/sids.ts';
import { createSignatureDoctor } from './diagnosis/diagnose-signature.ts';
import { isForgedProbe, refuseProbe } from './probe.ts';
import type { ReceiptClock } from './receipt-clock.ts';
import { bodyDeadline, createRefusalLimit } from './request-limits.ts';
import type { SpooledReceipt, SpoolingReceiver } from './spool/spooling-receiver.ts';
import { readWebhookMessage } from './suspect-request.ts';
import { findSigningToken } from './verify-signature.ts';
import {
  readSignature,
  readWebhookRequest,
  textParam,
  type WebhookRequest,
} from './webhook-request.ts';

// A WhatsApp text has up to 4,096 characters. Percent-encoded, a CJK character takes 9 bytes and an emoji 12:
// 48 KiB of text; ten attachments take 2.5 KiB and all other parameters some 3 KiB more.
const MAX_BODY_BYTES = 64 * 1024;
const BODY_MS = 10_000;
// A connection has one answer at a time: who floods waits, and leaves the processor to others.
const FLOOD_DELAY_MS = 250;
const BODY_TYPES = ['application/x-www-form-urlencoded', 'application/json'];

declare global {
  namespace Express {
    interface Locals {
      /** Of a webhook: its place in the order of receipt. */
      takeReceivedAt?: ReturnType<ReceiptClock>;
    }
  }
}

interface InboundDeps {
  publicUrl: string | undefined;
  twilioApiBaseUrl: string;
  keyring: Keyring;
  replyText: string | undefined;
  receiptClock: ReceiptClock;
  commitOrSpool: SpoolingReceiver['commitOrSpool'];
  /** Told what became of each webhook, to be counted. */
  onAnswer: (outcome: SpooledReceipt | 'refused') => void;
}

/** `POST` and `GET /twilio/incoming`: verify, commit, answer. Nothing here waits for a download. */
export function createInboundRouter(deps: InboundDeps): Router {
  const reply = createReply(deps.replyText);
  const explainSignature = createSignatureDoctor(deps);
  const attentionFor = createRefusalLimit();

  async function logRefusal(
    request: Request,
    response: Response,
    webhook: WebhookRequest,
    accountSid: string,
  ) {
    if (!(await hasAttention(request, response))) return;
    if (isForgedProbe(webhook.params)) {
      request.log.info('webhook refused: doctor tried a wrong signature');
      return logNothing(response);
    }
    explainSignature(request, webhook);
    request.log.warn(
      {
        accountSid: ACCOUNT_SID.test(accountSid) ? accountSid : 'malformed',
        url: webhook.url.split('?')[0],
      },
      'webhook refused: wrong signature for this account and URL',
    );
  }

  /** Whether a refusal gets a line in the log; those of a flood get none, and their answer late. */
  async function hasAttention(request: Request, response: Response): Promise<boolean> {
    const attention = await attentionFor(request.ip ?? '');
    if (attention === 'none') {
      logNothing(response);
      await setTimeout(FLOOD_DELAY_MS);
      return false;
    }
    if (attention === 'last') {
      request.log.warn(
        { address: request.ip },
        'more of these are refused without a line, for a minute',
      );
    }
    return true;
  }

  async function read(request: Request, response: Response): Promise<WebhookRequest> {
    try {
      return readWebhookRequest(request, deps.publicUrl);
    } catch (error) {
      deps.onAnswer('refused');
      await hasAttention(request, response);
      throw error;
    }
  }

  const receive: RequestHandler = async (request, response) => {
    const webhook = await read(request, response);
    const accountSid = textParam(webhook.params, 'AccountSid');
    const token = findSigningToken(webhook, deps.keyring.tokensOf(accountSid));
    if (token < 0) {
      deps.onAnswer('refused');
      await logRefusal(request, response, webhook, accountSid);
      throw new AppError(
        'signature_invalid',
        'X-Twilio-Signature does not match this URL, these parameters and the auth token of ' +
          'their AccountSid.',
      );
    }
    refuseProbe(webhook.params);
    const message = readWebhookMessage(webhook, deps.twilioApiBaseUrl, receivedAt(response));
    const receipt = await deps.commitOrSpool(message);
    deps.onAnswer(receipt);
    request.log.info(
      { messageSid: message.sid, accountSid, media: message.media.length, receipt, token },
      receipt === 'spooled' ? 'message spooled' : 'message committed',
    );
    if (message.suspect !== null) {
      request.log.warn(
        { messageSid: message.sid, suspect: message.suspect, receipt },
        'suspect message kept apart: its signature is right, but its text may have been cut otherwise',
      );
    }
    response.type('text/xml').send(reply);
  };

  // When the request begins: a slow body, or a slow database, must not turn the order around.
  const noteReceipt: RequestHandler = (_request, response, next) => {
    response.locals.takeReceivedAt = deps.receiptClock();
    next();
  };

  return createResourceRouter({
    '/twilio/incoming': {
      get: [noteReceipt, receive],
      post: [
        noteReceipt,
        refuseEarly,
        bodyDeadline(BODY_MS),
        raw({ type: BODY_TYPES, limit: MAX_BODY_BYTES, inflate: false }),
        receive,
      ],
    },
  });
}

/** The time of receipt of a request that is Twilio's, which takes its place in the order. */
function receivedAt({ locals: { takeReceivedAt } }: Response): Date {
  if (takeReceivedAt === undefined) throw new Error('This route has no noteReceipt');
  return takeReceivedAt();
}

/** What can be refused by the headers alone costs nothing more than reading them. */
const refuseEarly: RequestHandler = (request, _response, next) => {
  if (!request.is(BODY_TYPES)) {
    throw new AppError('unsupported_media_type', `The body must be ${BODY_TYPES.join(' or ')}.`);
  }
  if (Number(request.get('content-length') ?? 0) > MAX_BODY_BYTES) {
    throw new AppError('body_too_large', `The body may have ${MAX_BODY_BYTES} bytes.`);
  }
  readSignature(request);
  next();
};

/** The TwiML answer: an empty `<Response/>`, or one message back to the sender. */
function createReply(text: string | undefined): string {
  const response = new MessagingResponse();
  if (text !== undefined) response.message(text);
  return response.toString();
}
