import { createHmac } from 'node:crypto';
import { addressesOf, personOf } from '../../twilio/channel-address.ts';

/** Pseudonymous ids of senders: without the secret, the number cannot be found from the id. */
export interface SenderIds {
  /** Of the person who has an address: the same for a number and its addresses on channels. */
  of(address: string): string;
  /** Of the person's addresses on channels, each of which had an id of its own in earlier versions. */
  formerOf(address: string): string[];
}

/** @param secret that all processes share */
export function createSenderIds(secret: string): SenderIds {
  const hash = (text: string) => createHmac('sha256', secret).update(text).digest('hex');
  return {
    of: (address) => hash(personOf(address)),
    formerOf: (address) => addressesOf(address).slice(1).map(hash),
  };
}
