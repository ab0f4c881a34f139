import type { ReadinessCheck } from '../http/health-router.ts';

/** Whether Twilio accepts our credentials, as the fetches of this process find out. */
export interface UpstreamHealth {
  accepted(accountSid: string): void;
  /** @returns whether it was accepted until now, so that somebody has to be told */
  refused(accountSid: string): boolean;
  check: ReadinessCheck;
}

export function createUpstreamHealth(): UpstreamHealth {
  const refusedAccounts = new Set<string>();
  return {
    accepted: (accountSid) => void refusedAccounts.delete(accountSid),
    refused(accountSid) {
      const isNew = !refusedAccounts.has(accountSid);
      refusedAccounts.add(accountSid);
      return isNew;
    },
    async check() {
      if (refusedAccounts.size === 0) return undefined;
      return `Twilio refuses the credentials of ${[...refusedAccounts].sort().join(', ')}`;
    },
  };
}
