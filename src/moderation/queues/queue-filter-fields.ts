import { z } from 'zod';
import { reasonFields } from '../../http/fields.ts';
import { mediaFilterFields } from '../../media/media-filter.ts';
import { QUEUES } from './queues.ts';

export const queueName = z.enum(QUEUES, { error: `one of ${QUEUES.join(', ')}` });

const { from, to, contentType, receivedAfter, receivedBefore } = mediaFilterFields;

const LABEL = 'a label of 1 to 200 characters';

/** The filters of a queue; all that are given must match. */
export const queueFilterFields = {
  from,
  to,
  contentType,
  receivedAfter,
  receivedBefore,
  reasonCode: reasonFields.reasonCode
    .unwrap()
    .unwrap()
    .optional()
    .describe('Of the decision that it waits for, or of an open report.'),
  label: z
    .string(LABEL)
    .min(1, LABEL)
    .max(200, LABEL)
    .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), LABEL)
    .optional()
    .describe('One of those that the classifier gave.'),
};
