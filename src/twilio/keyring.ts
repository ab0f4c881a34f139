import type { AccountToken } from '../config.ts';

/** Which auth tokens sign for which account. A token counts for its own account alone. */
export interface Keyring {
  /** Tokens of an account in the order of the configuration; empty for a foreign account. */
  tokensOf(accountSid: string): readonly string[];
}

export function createKeyring(accountTokens: readonly AccountToken[]): Keyring {
  const tokens = new Map<string, string[]>();
  for (const { accountSid, authToken } of accountTokens) {
    tokens.set(accountSid, [...(tokens.get(accountSid) ?? []), authToken]);
  }
  return { tokensOf: (accountSid) => tokens.get(accountSid) ?? [] };
}
