import { randomBytes } from 'node:crypto';
import type { EventEndpoint } from '../../generated/prisma/client.ts';

// The specification wants 24 to 64.
const SECRET_BYTES = 32;

/** A new signing secret, in the form of the Standard Webhooks specification. */
export function newEndpointSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** What to sign with now: the secret and, for a day after a rotation, the one before. */
export function validSecrets(
  {
    secret,
    previousSecret,
    previousSecretUntil,
  }: Pick<EventEndpoint, 'secret' | 'previousSecret' | 'previousSecretUntil'>,
  now: Date,
): string[] {
  const isValid = previousSecretUntil !== null && previousSecretUntil > now;
  return previousSecret !== null && isValid ? [secret, previousSecret] : [secret];
}
