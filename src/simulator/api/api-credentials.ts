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
 * Checks HTTP Basic credentials: account sid and auth token, or API key sid and secret, as they are at
 * the moment.
 *
 * @returns from an Authorization header to the sid of the account it speaks for, or null
 */
export function createCredentialCheck(
  accounts: readonly SimulatedAccount[],
  apiKeys: readonly SimulatedApiKey[],
): (authorization: string | undefined) => string | null {
  return (authorization) => {
    const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '')?.[1];
    if (encoded === undefined) return null;
    const pair = Buffer.from(encoded, 'base64').toString('utf8');
    const account = accounts.find(({ sid, authToken }) => pair === `${sid}:${authToken}`);
    if (account !== undefined) return account.sid;
    return apiKeys.find(({ sid, secret }) => pair === `${sid}:${secret}`)?.accountSid ?? null;
  };
}
