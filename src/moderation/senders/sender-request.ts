import { z } from 'zod';
import { SenderPolicy } from '../../generated/prisma/client.ts';
import { pageLimit } from '../../http/page-limit.ts';
import { reasonFields } from '../../http/reason-schema.ts';
import { addressParameter, decidedSender } from '../../twilio/address-schema.ts';

const NOTE = 'at most 2000 characters';
const policies = Object.values(SenderPolicy);
const policy = z.enum(SenderPolicy, { error: `one of ${policies.join(', ')}` });

/** Body of `PUT /api/v1/senders`. */
export const senderChange = z.strictObject({
  address: decidedSender,
  policy: policy.exactOptional(),
  muted: z.boolean('true or false').exactOptional(),
  note: z
    .string(NOTE)
    .regex(/^[^\0]{0,2000}$/s, NOTE)
    .refine((text) => text.isWellFormed(), NOTE)
    .nullable()
    .exactOptional(),
  ...reasonFields,
});

/** What is decided; undefined stays as it was. */
export type SenderChange = Pick<z.output<typeof senderChange>, 'policy' | 'muted' | 'note'>;

/** Query of `GET /api/v1/senders`. */
export const senderListQuery = z.strictObject({
  address: z.string().min(1).max(100).pipe(addressParameter).optional(),
  policy: policy.optional(),
  muted: z
    .enum(['true', 'false'], { error: 'true or false' })
    .transform((text) => text === 'true')
    .optional(),
  limit: pageLimit(200, 50),
  cursor: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'the nextCursor of an earlier answer')
    .optional(),
});

export type SenderListQuery = z.output<typeof senderListQuery>;
