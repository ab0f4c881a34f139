import { z } from 'zod';
import { SenderPolicy } from '../../generated/prisma/client.ts';
import { addressParameter, isSender } from '../../http/address-schema.ts';
import { pageLimit } from '../../http/page-limit.ts';
import { reasonFields } from '../../http/reason-schema.ts';

const ADDRESS =
  'the address that messages come from, such as +15551234567, of at most 100 characters';
const FROM =
  'as messages have it in `from`: a number with + and the country code, such as +15551234567, a short ' +
  'code, an address such as whatsapp:+15551234567, or a name of at most 11 letters and digits';
const NOTE = 'at most 2000 characters';
const policies = Object.values(SenderPolicy);
const policy = z.enum(SenderPolicy, { error: `one of ${policies.join(', ')}` });

/** A sender in a body: whatever a message may have said. */
export const senderAddress = z
  .string(ADDRESS)
  // PostgreSQL takes no NUL in text, and no half of a character.
  .regex(/^[^\0]{1,100}$/, ADDRESS)
  .refine((text) => text.isWellFormed(), ADDRESS);

/** Body of `PUT /api/v1/senders`. */
export const senderChange = z.strictObject({
  // Mistyped, it would block nobody.
  address: z.string(FROM).refine(isSender, FROM),
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
