/** An account and one of the auth tokens that sign for it. */
export interface AccountToken {
  accountSid: string;
  authToken: string;
}

const PAIR = /^(AC[0-9a-fA-F]{32}):(\S+)$/;

/** @returns the pair that `ACsid:token` names; null for any other text */
export function parseAccountToken(text: string): AccountToken | null {
  const [, accountSid, authToken] = PAIR.exec(text) ?? [];
  return accountSid === undefined || authToken === undefined ? null : { accountSid, authToken };
}
