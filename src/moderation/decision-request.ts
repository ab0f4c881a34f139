import { z } from 'zod';
import { Moderation } from '../generated/prisma/client.ts';
import { reasonFields } from '../http/reason-schema.ts';
import { DECISIONS } from './decisions.ts';

const names = Object.keys(DECISIONS) as (keyof typeof DECISIONS)[];

/** Body of `POST …/decision`. */
export const decisionBody = z.strictObject({
  decision: z.enum(names, { error: `one of ${names.join(', ')}` }),
  expected: z
    .enum(Moderation, { error: `one of ${Object.values(Moderation).join(', ')}` })
    .optional(),
  ...reasonFields,
});
