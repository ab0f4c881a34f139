import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { AppError } from '../errors/app-error.ts';
import { Role } from '../generated/prisma/client.ts';
import { createAddressList } from '../net/address-list.ts';
import { ALL_WORK, type Caller } from './api-keys.ts';

/** A proxy that signs users in, and names them in a header. */
export interface SignInProxy {
  /** The header with the user's name or mail address. */
  header: string;
  /** Addresses and subnets of the proxy: the header counts only in connections from there. */
  addresses: readonly string[];
  /** The header with the user's role, if the proxy sends it. */
  roleHeader: string | undefined;
  /** Of users without a role of their own. */
  role: Role;
}

/**
 * The user that the proxy names; null when it names nobody, or the connection is not from the proxy.
 *
 * @throws AppError `unauthorized` for headers that cannot be the proxy's own, and unknown roles
 */
export type ReadProxyUser = (request: Request) => Caller | null;

export function createReadProxyUser(proxy: SignInProxy | undefined): ReadProxyUser {
  if (proxy === undefined) return () => null;
  const { header, addresses, roleHeader, role } = proxy;
  const isProxy = createAddressList(addresses);
  return (request) => {
    // The peer of the connection, not `request.ip`: that is what other proxies report.
    if (!isProxy(request.socket.remoteAddress)) return null;
    const user = singleHeader(request, header);
    if (user === '') return null;
    const ownRole = roleHeader === undefined ? '' : singleHeader(request, roleHeader);
    return {
      keyId: null,
      secretHash: '',
      name: proxyUserName(user),
      role: ownRole === '' ? role : roleOf(ownRole),
      work: ALL_WORK,
    };
  };
}

/**
 * Empty without the header.
 *
 * @throws AppError `unauthorized` when it is there twice: the client sent one, and the proxy did not remove it
 */
function singleHeader(request: Request, name: string): string {
  const values = request.headersDistinct[name.toLowerCase()] ?? [];
  if (values.length > 1) {
    throw new AppError(
      'unauthorized',
      `The request has ${name} twice: the proxy must remove that of the client.`,
    );
  }
  return values[0]?.trim() ?? '';
}

function roleOf(text: string): Role {
  const role = Object.values(Role).find((known) => known === text);
  if (role !== undefined) return role;
  throw new AppError(
    'unauthorized',
    `The proxy sends a role that is none of ${Object.values(Role).join(', ')}.`,
  );
}

const MAX_NAME = 80;

/**
 * The name of a user in the audit log and the log: `proxy:ada@example.com`, printable ASCII of at most 86
 * characters. Keys cannot have it, as their names have no colon. Two users never get the same name: other
 * bytes are percent-encoded, and a long name ends with a part of its SHA-256.
 *
 * @param user of the header, one character for each byte, as Node reads headers
 */
export function proxyUserName(user: string): string {
  const name = user.replaceAll(
    /[^\w.@+-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  if (name.length <= MAX_NAME) return `proxy:${name}`;
  const digest = createHash('sha256').update(user).digest('hex').slice(0, 16);
  return `proxy:${name.slice(0, MAX_NAME - 17)}~${digest}`;
}
