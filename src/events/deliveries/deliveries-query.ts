import { z } from 'zod';
import { DeliveryState } from '../../generated/prisma/client.ts';
import { pageLimit } from '../../http/page-limit.ts';

// As many digits as PostgreSQL's bigint has for sure.
const POSITION = /^\d{1,18}$/;

/** Writes the place of a delivery in a list as an opaque text. */
export function encodePosition(position: bigint): string {
  return Buffer.from(String(position)).toString('base64url');
}

/** Query of `GET /api/v1/endpoints/{id}/deliveries`. */
export const deliveriesQuery = z.strictObject({
  state: z
    .enum(DeliveryState, { error: `one of ${Object.values(DeliveryState).join(', ')}` })
    .optional(),
  cursor: z
    .string()
    .transform((text) => Buffer.from(text, 'base64url').toString('latin1'))
    .refine((text) => POSITION.test(text), 'is not the nextCursor of an earlier answer')
    .transform(BigInt)
    .optional(),
  limit: pageLimit(200, 50),
});
