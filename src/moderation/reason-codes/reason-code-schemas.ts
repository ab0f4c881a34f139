import { z } from 'zod';
import { Severity } from '../../generated/prisma/client.ts';
import { reasonFields, time } from '../../http/fields.ts';
import { pageLimit } from '../../http/paging.ts';
import { DECISIONS, type Decision } from '../decisions.ts';

const DEFAULT_ACTS = [...(Object.keys(DECISIONS) as Decision[]), 'delete'] as const;

/** What may follow for a sender: a policy, or that there are no events about them. */
const ON_THIRD = ['none', 'mute', 'quarantine', 'refuse'] as const;

/** The code itself, as decisions have it. */
const code = reasonFields.reasonCode.unwrap().unwrap();

const LABEL = '1 to 100 characters';

const fields = {
  label: z
    .string(LABEL)
    .min(1, LABEL)
    .max(100, LABEL)
    .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), LABEL)
    .describe('What people read.'),
  severity: z.enum(Severity, { error: `one of ${Object.values(Severity).join(', ')}` }),
  defaultAct: z
    .enum(DEFAULT_ACTS, { error: `one of ${DEFAULT_ACTS.join(', ')}` })
    .nullable()
    .describe('What a page suggests for it; null for nothing.'),
  reviewers: z
    .union([z.literal(1), z.literal(2)], { error: '1 or 2' })
    .describe('How many people a delete or a block with it takes.'),
  onThird: z
    .enum(ON_THIRD, { error: `one of ${ON_THIRD.join(', ')}` })
    .describe(
      'What follows for a sender of whom three attachments were quarantined or deleted with it: `mute`, or a policy.',
    ),
};

export const reasonCodeSchema = z
  .strictObject({
    code,
    ...fields,
    updatedBy: z.string().describe('The name of a key, or `proxy:` and that of a user.'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'ReasonCode', description: 'A code for decisions.' });

export type ReasonCodeItem = z.output<typeof reasonCodeSchema>;

/** Body of `POST /api/v1/reason-codes`. */
export const newReasonCode = z.strictObject({
  code,
  ...fields,
  defaultAct: fields.defaultAct.default(null),
  reviewers: fields.reviewers.default(1),
  onThird: fields.onThird.default('none'),
});

export type NewReasonCode = z.output<typeof newReasonCode>;

/** Body of `PATCH /api/v1/reason-codes/{code}`. */
export const reasonCodeChange = z.strictObject({
  label: fields.label.exactOptional(),
  severity: fields.severity.exactOptional(),
  defaultAct: fields.defaultAct.exactOptional(),
  reviewers: fields.reviewers.exactOptional(),
  onThird: fields.onThird.exactOptional(),
});

export type ReasonCodeChange = z.output<typeof reasonCodeChange>;

/** Path of one code. */
export const reasonCodePath = z.object({ code });

/** Query of `GET /api/v1/reason-codes`. */
export const reasonCodeListQuery = z.strictObject({
  limit: pageLimit(200, 100),
  cursor: code.optional().describe('`nextCursor` of the page before.'),
});

export type ReasonCodeListQuery = z.output<typeof reasonCodeListQuery>;
