import { randomBytes } from 'node:crypto';

/** The two letters that open a Twilio sid: account, message with media, message without, media. */
export type SidPrefix = 'AC' | 'MM' | 'SM' | 'ME';

/** A new random sid: the prefix and 32 lower-case hexadecimal digits. */
export function createSid(prefix: SidPrefix): string {
  return prefix + randomBytes(16).toString('hex');
}

/** Whether `value` is a sid that starts with one of `prefixes`. */
export function isSid(value: string, ...prefixes: SidPrefix[]): boolean {
  return prefixes.some((prefix) => value.startsWith(prefix)) && /^..[0-9a-f]{32}$/i.test(value);
}
