import { randomBytes } from 'node:crypto';

/** A sid in Twilio's shape for what never was at Twilio. */
export function newSid(prefix: 'MM' | 'ME'): string {
  return prefix + randomBytes(16).toString('hex');
}
