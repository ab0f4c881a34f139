import type { Logger } from 'pino';
import { TwilioError } from '../twilio/twilio-error.ts';

/**
 * Works on one account after the other, so that trouble with one keeps no other waiting. What waiting
 * does not mend is logged as an error and left at that.
 *
 * @throws TwilioError the last outage, after all accounts; anything else at once
 */
export async function forEachAccount(
  accountSids: readonly string[],
  log: Logger,
  work: (accountSid: string) => Promise<void>,
): Promise<void> {
  let outage: TwilioError | undefined;
  for (const accountSid of accountSids) {
    try {
      await work(accountSid);
    } catch (error) {
      if (!(error instanceof TwilioError)) throw error;
      if (error.trouble === 'outage') outage = error;
      else log.error({ accountSid }, `account not reconciled: ${error.message}`);
    }
  }
  if (outage !== undefined) throw outage;
}
