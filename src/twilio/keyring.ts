import type { AccountToken } from './account-token.ts';

/** Which auth tokens sign for which account. A token counts for its own account alone. */
export interface Keyring {
  /** Tokens of an account in their order, each once; empty for a foreign account. */
  tokensOf(accountSid: string): readonly string[];
  /** Every account that has a token. */
  accounts(): readonly string[];
}

export interface ReplaceableKeyring extends Keyring {
  /** Puts other tokens in the place of all, between two requests. */
  replace(accountTokens: readonly AccountToken[]): void;
}

export function createKeyring(accountTokens: readonly AccountToken[]): ReplaceableKeyring {
  let tokens = byAccount(accountTokens);
  return {
    tokensOf: (accountSid) => tokens.get(accountSid) ?? [],
    accounts: () => [...tokens.keys()],
    replace(others) {
      tokens = byAccount(others);
    },
  };
}

function byAccount(accountTokens: readonly AccountToken[]): Map<string, string[]> {
  const tokens = new Map<string, string[]>();
  for (const { accountSid, authToken } of accountTokens) {
    const known = tokens.get(accountSid) ?? [];
    if (!known.includes(authToken)) tokens.set(accountSid, [...known, authToken]);
  }
  return tokens;
}
