import { createHmac } from 'node:crypto';

/** Names a sender without telling who it is: nobody finds the number without the secret. */
export type SenderIdOf = (address: string) => string;

/** @param secret that all processes share */
export function createSenderIdOf(secret: string): SenderIdOf {
  return (address) => createHmac('sha256', secret).update(address).digest('hex');
}
