import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { AccountToken } from './account-token.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import { watchTokensFile } from './watch-tokens-file.ts';

type Sources = Pick<Config, 'accountTokens' | 'tokensFile'>;

/** The keyring of a running process, which follows `TWILIO_AUTH_TOKENS_FILE`. */
export interface OpenKeyring extends Keyring {
  /** Reads the file again, changed or not. Never rejects: what is wrong is logged. */
  reload(): Promise<void>;
  close(): void;
}

/**
 * All configured tokens. Those of the file come first: it is what changes while a token is being
 * rotated, and tokens are tried in their order.
 */
export function configuredTokens(
  { accountTokens, tokensFile }: Sources,
  ofFile: readonly AccountToken[] = tokensFile?.tokens ?? [],
): AccountToken[] {
  return [...ofFile, ...accountTokens];
}

export function openKeyring(sources: Sources, log: Logger): OpenKeyring {
  const { tokensOf, accounts, replace } = createKeyring(configuredTokens(sources));
  if (sources.tokensFile === undefined) {
    const reload = async () => log.info('TWILIO_AUTH_TOKENS_FILE is not set: nothing to reload');
    return { tokensOf, accounts, reload, close: () => {} };
  }
  const use = (tokens: AccountToken[]) => replace(configuredTokens(sources, tokens));
  const watch = watchTokensFile(sources.tokensFile.path, use, log);
  return { tokensOf, accounts, reload: watch.reload, close: watch.stop };
}
