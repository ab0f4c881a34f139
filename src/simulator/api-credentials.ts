export interface SimulatedAccount {
  sid: string;
  authToken: string;
}

export interface SimulatedApiKey {
  sid: string;
  secret: string;
  accountSid: string;
}

/**
 * Checks HTTP Basic credentials: account sid and auth token, or API key sid and secret.
 *
 * @returns from an Authorization header to the sid of the account it speaks for, or null
 */
export function createCredentialCheck(
  accounts: readonly SimulatedAccount[],
  apiKeys: readonly SimulatedApiKey[],
): (authorization: string | undefined) => string | null {
  const accountByCredentials = new Map<string, string>([
    ...accounts.map(({ sid, authToken }) => [`${sid}:${authToken}`, sid] as const),
    ...apiKeys.map(({ sid, secret, accountSid }) => [`${sid}:${secret}`, accountSid] as const),
  ]);

  return (authorization) => {
    const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1];
    if (encoded === undefined) return null;
    return accountByCredentials.get(Buffer.from(encoded, 'base64').toString('utf8')) ?? null;
  };
}
