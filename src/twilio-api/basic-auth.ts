import type { Request } from 'express';
import type { ApiKeys } from '../auth/api-keys.ts';
import { equalInConstantTime } from '../auth/equal-in-constant-time.ts';
import { AppError } from '../errors/app-error.ts';
import type { Role } from '../generated/prisma/client.ts';
import type { Keyring } from '../twilio/keyring.ts';

/** The caller of the Twilio-compatible API. */
interface TwilioCaller {
  /** The only account that the caller may access; null for an API key of ours, which may access all. */
  accountSid: string | null;
  /** For the log: the account's sid, or the key's name. */
  name: string;
  role: Role;
}

export type AuthenticateBasic = (request: Request) => Promise<TwilioCaller>;

/**
 * HTTP Basic: an account sid with any of its auth tokens, or the name and secret of an API key of ours.
 *
 * @throws AppError `unauthorized`
 */
export function createBasicAuth(keyring: Keyring, apiKeys: ApiKeys): AuthenticateBasic {
  return async (request) => {
    const { name, password } = readBasic(request.get('authorization'));
    const ofAccount = keyring
      .tokensOf(name)
      .filter((token) => equalInConstantTime(password, token));
    if (ofAccount.length > 0) return { accountSid: name, name, role: 'moderator' };
    const key = password === '' ? null : await apiKeys.authenticate(password);
    if (key !== null && key.name === name) return { accountSid: null, name, role: key.role };
    throw new AppError('unauthorized', 'Authenticate', {
      headers: { 'WWW-Authenticate': 'Basic realm="Twilio API"' },
    });
  };
}

function readBasic(header = ''): { name: string; password: string } {
  const encoded = /^Basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header)?.[1] ?? '';
  const [, name = '', password = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  return { name, password };
}
