import type { Logger } from 'pino';
import { type AccountToken, watchTokensFile } from './tokens.ts';

/** Which auth tokens sign for which account. A token is valid for its own account only. */
export interface Keyring {
  /** Tokens of an account in their order, each once; empty for a foreign account. */
  tokensOf(accountSid: string): readonly string[];
  /** Every account that has a token. */
  accounts(): readonly string[];
}

interface ReplaceableKeyring extends Keyring {
  /** Replaces all tokens at once. */
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

/** The sources of tokens: the environment, and the file as first read. */
interface TokenSources {
  accountTokens: readonly AccountToken[];
  tokensFile: { path: string; tokens: AccountToken[] } | undefined;
}

/** The keyring of a running process, which follows `TWILIO_AUTH_TOKENS_FILE`. */
export interface OpenKeyring extends Keyring {
  /** Reads the file again, changed or not. Never rejects: problems are logged. */
  reload(): Promise<void>;
  close(): void;
}

/**
 * All configured tokens. Those of the file come first, because tokens are tried in order and the file is what
 * changes during a rotation.
 */
export function configuredTokens(
  { accountTokens, tokensFile }: TokenSources,
  ofFile: readonly AccountToken[] = tokensFile?.tokens ?? [],
): AccountToken[] {
  return [...ofFile, ...accountTokens];
}

export function openKeyring(sources: TokenSources, log: Logger): OpenKeyring {
  const { tokensOf, accounts, replace } = createKeyring(configuredTokens(sources));
  if (sources.tokensFile === undefined) {
    const reload = async () => log.info('TWILIO_AUTH_TOKENS_FILE is not set: nothing to reload');
    return { tokensOf, accounts, reload, close: () => {} };
  }
  const use = (tokens: AccountToken[]) => replace(configuredTokens(sources, tokens));
  const watch = watchTokensFile(sources.tokensFile.path, use, log);
  return { tokensOf, accounts, reload: watch.reload, close: watch.stop };
}
