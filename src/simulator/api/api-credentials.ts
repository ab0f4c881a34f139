/** The body of every error of Twilio's REST API. */
interface ApiErrorBody {
  code: number;
  message: string;
  more_info: string;
  status: number;
}

const KNOWN_CODES: Readonly<Record<number, number>> = { 400: 20001, 401: 20003 };

/** An error body; the default of `code` follows from the status, for example 20404 for 404. */
export function apiErrorBody(status: number, message: string, code?: number): ApiErrorBody {
  const known = code ?? KNOWN_CODES[status] ?? 20_000 + status;
  return { code: known, message, more_info: `https://www.twilio.com/docs/errors/${known}`, status };
}

/** A request that the API refuses: thrown while a query is parsed, answered by the router. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly body: ApiErrorBody;

  constructor(status: number, message: string, code?: number) {
    super(message);
    this.body = apiErrorBody(status, message, code);
  }
}

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
 * Checks HTTP Basic credentials: account sid and auth token, or API key sid and secret. Later changes
 * of `accounts` and `apiKeys` take effect.
 *
 * @returns a function from an Authorization header to the account sid that it authenticates, or null
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
