import { z } from 'zod';
import { SenderPolicy } from '../../generated/prisma/client.ts';
import { count, describeAsBoolean, dryRunField, reasonFields, time } from '../../http/fields.ts';
import { pageLimit } from '../../http/paging.ts';
import { addressParameter, decidedSender, storedSender } from '../../twilio/address-fields.ts';

const senderId = z.string().describe('A keyed hash of the address, in hexadecimal digits.');

export const senderSchema = z
  .strictObject({
    id: senderId,
    address: z.string().nullable().describe('Null once the sender was erased.'),
    policy: z.enum(SenderPolicy).describe('How future media of the sender are handled.'),
    muted: z.boolean().describe('Whether there are no events about the sender.'),
    note: z.string().nullable(),
    updatedBy: z.string().describe('The name of a key, or `proxy:` and that of a user.'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Sender', description: 'A person about whom a decision was made.' });

export const erasureSchema = z
  .strictObject({
    id: z.uuid(),
    senderId,
    requestedBy: z.string().describe('The name of a key.'),
    deletionId: z.string().nullable().describe('Null when there was no data of the sender.'),
    createdAt: time,
    erasedAt: time
      .nullable()
      .describe("When all data here was erased; Twilio's copies may follow later."),
    purgedAt: time.nullable().describe("When the database's own files were purged, too."),
  })
  .meta({ id: 'Erasure', description: 'A request to erase everything of a sender.' });

/** An erasure as the API returns it. */
export type ErasureItem = z.output<typeof erasureSchema>;

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

/** The fields to change; undefined stays as it was. */
export type SenderChange = Pick<z.output<typeof senderChange>, 'policy' | 'muted' | 'note'>;

/** Query of `GET /api/v1/senders`. */
export const senderListQuery = z.strictObject({
  address: z
    .string()
    .min(1)
    .max(100)
    .pipe(addressParameter)
    .optional()
    .describe('The exact address.'),
  policy: policy
    .optional()
    .describe('`quarantine`: media are stored and hidden; `refuse`: media are not downloaded.'),
  muted: z
    .enum(['true', 'false'], { error: 'true or false' })
    .transform((text) => text === 'true')
    .meta({ override: describeAsBoolean })
    .optional()
    .describe('Whether no events are sent about messages of the sender.'),
  limit: pageLimit(200, 50),
  cursor: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'the nextCursor of an earlier answer')
    .optional()
    .describe('`nextCursor` of the page before.'),
});

export type SenderListQuery = z.output<typeof senderListQuery>;

/** Query of `GET /api/v1/senders/strikes`. */
export const strikesQuery = z.strictObject({
  address: z.string().min(1).max(100).pipe(addressParameter).describe('Any address of the person.'),
});

export const strikesAnswer = z.strictObject({
  items: z.array(
    z
      .strictObject({
        reasonCode: z.string(),
        count: count.describe('Attachments that were quarantined or deleted with it.'),
      })
      .meta({ id: 'Strikes' }),
  ),
});

/** Body of `POST /api/v1/senders/export`. */
export const exportBody = z.strictObject({ address: storedSender, ...reasonFields });

/** Body of `POST /api/v1/senders/erasures`. */
export const erasureBody = exportBody.extend({
  dryRun: dryRunField,
});

/** Path of one erasure. */
export const erasurePath = z.object({ id: z.uuid('the id of an erasure') });
