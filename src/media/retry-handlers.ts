import type { RequestHandler } from 'express';
import { z } from 'zod';
import { instant } from '../http/fields.ts';
import { jsonBody, noQuery, validate } from '../http/validate.ts';
import { mediaSid } from '../twilio/address-fields.ts';
import type { RetryFailed, RetryMedia } from './retry-media.ts';

const path = z.object({ sid: mediaSid });
const selection = z.strictObject({ since: instant.optional() });

/** Fetching failed attachments again: one, or all of messages since a time. */
export function createRetryHandlers(retryMedia: RetryMedia, retryFailed: RetryFailed) {
  const retryOne: RequestHandler = async (request, response) => {
    const { sid } = validate(path, request.params);
    await retryMedia(sid);
    request.log.info({ mediaSid: sid }, 'media tried again by hand');
    response.status(202).json({ sid, state: 'pending' });
  };

  const retryAll: RequestHandler = async (request, response) => {
    const { since } = validate(selection, request.body ?? {});
    const retried = await retryFailed(since);
    request.log.info({ retried }, 'failed media tried again by hand');
    response.status(202).json({ retried });
  };

  return { retryOne: [noQuery, retryOne], retryAll: [noQuery, jsonBody, retryAll] };
}
