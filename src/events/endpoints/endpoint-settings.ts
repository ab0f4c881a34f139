import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import type { EventEndpoint } from '../../generated/prisma/client.ts';
import { isPublicAddress, isPublicOrLocalAddress } from '../../net/address-guard.ts';
import { createGuardedLookup, type Resolve } from '../../net/guarded-connector.ts';
import { hostPort, isLoopbackHost } from '../../net/host-port.ts';

// The specification requires 24 to 64.
const SECRET_BYTES = 32;

/** A new signing secret in the format of the Standard Webhooks specification. */
export function newEndpointSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** The secrets to sign with now: the current one and, for a day after a rotation, the previous one. */
export function validSecrets(
  {
    secret,
    previousSecret,
    previousSecretUntil,
  }: Pick<EventEndpoint, 'secret' | 'previousSecret' | 'previousSecretUntil'>,
  now: Date,
): string[] {
  const isValid = previousSecretUntil !== null && previousSecretUntil > now;
  return previousSecret !== null && isValid ? [secret, previousSecret] : [secret];
}

/**
 * Checks the URL of an endpoint: https, or http to a listed `host:port` on this machine; no user
 * name, password or fragment, and no literal private IP address. `checkEndpointName` checks the
 * addresses that a host name resolves to, and every connection checks them again.
 *
 * @param eventHosts `host:port` pairs that may be on the operator's own network
 * @returns what the URL needs; null when it may be used
 */
export function checkEndpointUrl(text: string, eventHosts: ReadonlySet<string>): string | null {
  const url = URL.parse(text);
  if (url === null) return 'an absolute https:// URL';
  const isListed = eventHosts.has(hostPort(url));
  const isLocalHttp = url.protocol === 'http:' && isListed && isLoopbackHost(url.hostname);
  if (url.protocol !== 'https:' && !isLocalHttp) {
    return 'https://; http:// only for a host:port of EVENT_HOSTS on this machine';
  }
  if (url.username !== '' || url.password !== '') return 'no user name and password';
  if (url.hash !== '') return 'no fragment';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0 && !accepts(isListed)(host)) return NOT_PUBLIC;
  return null;
}

/**
 * Resolves the host of a URL that `checkEndpointUrl` accepted.
 *
 * @param resolve replaces `dns.lookup`
 * @returns what the URL needs; null when connections to its addresses are allowed
 */
export function checkEndpointName(
  text: string,
  eventHosts: ReadonlySet<string>,
  resolve?: Resolve,
): Promise<string | null> {
  const url = new URL(text);
  if (isIP(url.hostname.replace(/^\[(.*)\]$/, '$1')) !== 0) return Promise.resolve(null);
  const lookup = createGuardedLookup(accepts(eventHosts.has(hostPort(url))), resolve);
  return new Promise((done) => {
    lookup(url.hostname, { all: true }, (error) => {
      if (error === null) done(null);
      else if (error.syscall === 'getaddrinfo')
        done(`a name that can be looked up: DNS does not know ${url.hostname} (${error.code})`);
      else done(NOT_PUBLIC);
    });
  });
}

const NOT_PUBLIC =
  'an address on the public internet; for one on your own network list its host:port in EVENT_HOSTS';

function accepts(isListed: boolean): (ip: string) => boolean {
  return isListed ? isPublicOrLocalAddress : isPublicAddress;
}
