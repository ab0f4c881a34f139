import { createHash } from 'node:crypto';

const MESSAGE_SID = /^(MM|SM)[0-9a-fA-F]{32}$/;

export function isMessageSid(text: string): boolean {
  return MESSAGE_SID.test(text);
}

/**
 * A sid of ours where Twilio's is missing or malformed: always the same for the same content, so
 * that a request that comes again is known again.
 */
export function derivedSid(prefix: 'MM' | 'ME', content: string): string {
  return prefix + createHash('sha256').update(content).digest('hex').slice(0, 32);
}
