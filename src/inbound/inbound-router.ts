// twilio is imported by path: its index would load the whole REST client, 30 MB and 0.1 s at every start.

import {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
  raw,
} from 'express';
import MessagingResponse from 'twilio/lib/twiml/MessagingResponse.js';
import { AppError } from '../errors/app-error.ts';
import { toAppError } from '../http/problem.ts';
import { createNoteRefusal } from '../http/refusal-limit.ts';
import { skipRequestLog } from '../http/request-log.ts';
import { createResourceRouter, type Guard, route } from '../http/resource-router.ts';
import type { Keyring } from '../twilio/keyring.ts';
import { ACCOUNT_SID } from '../twilio/sids.ts';
import { createSignatureDiagnosis, type Diagnosis } from './diagnosis/diagnose-signature.ts';
import { inboundOperations as operations } from './inbound-operations.ts';
import { isForgedProbe, isProbe, refuseProbe } from './probe.ts';
import type { ReceiptClock } from './receipt-clock.ts';
import type { Refusal } from './refusals/record-refusals.ts';
import { causeOf } from './refusals/refusal-causes.ts';
import { bodyDeadline } from './request-limits.ts';
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
const BODY_TYPES = [...operations.receiveMessage.rawBody];

declare global {
  namespace Express {
    interface Locals {
      /** Set for webhooks: returns the time of receipt, which fixes the order of messages. */
      takeReceivedAt?: ReturnType<ReceiptClock>;
      /** Set for webhooks: when the head of the request was read, by the monotonic clock. */
      headAt?: number;
      /** Set for webhooks that doctor has sent: they are refused on purpose. */
      isProbe?: boolean;
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
  /** Called with the outcome of each webhook, the seconds since its head arrived, and its message, for metrics and traces. */
  onAnswer: (outcome: SpooledReceipt | 'refused', seconds: number, messageSid?: string) => void;
  /** Called for each webhook that was refused or not stored, for operators; not for those of doctor. */
  onRefusal: (refusal: Refusal) => void;
}

/** `POST` and `GET /twilio/incoming`: verify, commit, answer. Downloads run later, in the worker. */
export function createInboundRouter(deps: InboundDeps): Router {
  const reply = createReply(deps.replyText);
  const explainSignature = createSignatureDiagnosis(deps);
  const noteRefusal = createNoteRefusal();

  function answered(
    { locals }: Response,
    outcome: SpooledReceipt | 'refused',
    messageSid?: string,
  ): void {
    const now = performance.now();
    deps.onAnswer(outcome, (now - (locals.headAt ?? now)) / 1000, messageSid);
  }

  /** @param found null when it was not examined */
  function causeOfSignature(found: Diagnosis | null, accountSid: string): Refusal['cause'] {
    if (found !== null && found.signed !== null) return 'signed_differently';
    if (deps.keyring.tokensOf(accountSid).length === 0) return 'unknown_account';
    return found === null ? 'not_examined' : 'wrong_signature';
  }

  async function logRefusal(
    request: Request,
    response: Response,
    webhook: WebhookRequest,
    accountSid: string,
  ) {
    const isLogged = await noteRefusal(request, response);
    if (isForgedProbe(webhook.params)) {
      if (isLogged) request.log.info('webhook refused: doctor tried a wrong signature');
      return skipRequestLog(response);
    }
    const found = isLogged ? explainSignature(request, webhook) : null;
    deps.onRefusal({
      cause: causeOfSignature(found, accountSid),
      status: 403,
      ...(found === null ? {} : { advice: found.advice }),
    });
    if (!isLogged) return;
    request.log.warn(
      {
        accountSid: ACCOUNT_SID.test(accountSid) ? accountSid : 'malformed',
        url: webhook.url.split('?')[0],
      },
      'webhook refused: wrong signature for this account and URL',
    );
  }

  async function read(request: Request, response: Response): Promise<WebhookRequest> {
    try {
      return readWebhookRequest(request, deps.publicUrl);
    } catch (error) {
      answered(response, 'refused');
      await noteRefusal(request, response);
      throw error;
    }
  }

  const receive = async ({ request, response }: { request: Request; response: Response }) => {
    const webhook = await read(request, response);
    const accountSid = textParam(webhook.params, 'AccountSid');
    const token = findSigningToken(webhook, deps.keyring.tokensOf(accountSid));
    if (token < 0) {
      answered(response, 'refused');
      await logRefusal(request, response, webhook, accountSid);
      throw new AppError(
        'signature_invalid',
        'X-Twilio-Signature does not match this URL, these parameters and the auth token of ' +
          'their AccountSid.',
      );
    }
    response.locals.isProbe = isProbe(webhook.params);
    refuseProbe(webhook.params);
    const message = readWebhookMessage(webhook, deps.twilioApiBaseUrl, receivedAt(response));
    const receipt = await deps.commitOrSpool(message);
    answered(response, receipt, message.sid);
    request.log.info(
      { messageSid: message.sid, accountSid, media: message.media.length, receipt, token },
      receipt === 'spooled' ? 'message spooled' : 'message committed',
    );
    if (message.suspect !== null) {
      request.log.warn(
        { messageSid: message.sid, suspect: message.suspect, receipt },
        'suspect message kept apart: its signature is valid, but its text may have been split differently',
      );
    }
    response.type('text/xml').send(reply);
  };

  // At the start of the request: a slow body or a slow database must not change the order of messages.
  const recordReceipt: RequestHandler = (_request, response, next) => {
    response.locals.takeReceivedAt = deps.receiptClock();
    response.locals.headAt = performance.now();
    next();
  };

  const noteCause: ErrorRequestHandler = (thrown, _request, response, next) => {
    const error = toAppError(thrown);
    // A body that was late may fail once more when its connection is closed.
    const isNoted = response.locals.isProbe === true || response.headersSent;
    const cause = isNoted ? null : causeOf(error);
    if (cause !== null) deps.onRefusal({ cause, status: error.status });
    next(thrown);
  };

  const router = createResourceRouter(verifiedLater, [
    route(operations.receiveMessageByGet, receive, recordReceipt),
    route(
      operations.receiveMessage,
      receive,
      recordReceipt,
      refuseEarly,
      bodyDeadline(BODY_MS),
      raw({ type: BODY_TYPES, limit: MAX_BODY_BYTES, inflate: false }),
    ),
  ]);
  return router.use(noteCause);
}

/** The signature covers the body, so it is verified once that was read. */
const verifiedLater: Guard = (access) => {
  if (access !== 'signature') throw new Error(`This operation needs a guard for ${access}`);
  return (_request, _response, next) => next();
};

/** The time of receipt of a request that is verified as Twilio's. */
function receivedAt({ locals: { takeReceivedAt } }: Response): Date {
  if (takeReceivedAt === undefined) throw new Error('This route has no recordReceipt');
  return takeReceivedAt();
}

/** Refuses by the headers alone, before the body is read. */
const refuseEarly: RequestHandler = (request, _response, next) => {
  if (!request.is(BODY_TYPES)) {
    throw new AppError('unsupported_media_type', `The body must be ${BODY_TYPES.join(' or ')}.`);
  }
  if (Number(request.get('content-length') ?? 0) > MAX_BODY_BYTES) {
    throw new AppError('body_too_large', `The body may have at most ${MAX_BODY_BYTES} bytes.`);
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
