import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import type { EventEndpoint } from '../../generated/prisma/client.ts';
import { isPublicAddress, isPublicOrLocalAddress } from '../../net/address-guard.ts';
import { createGuardedLookup, type Resolve } from '../../net/guarded-connector.ts';
import { hostPort, isLoopbackHost } from '../../net/host-port.ts';

// The specification wants 24 to 64.
const SECRET_BYTES = 32;

/** A new signing secret, in the form of the Standard Webhooks specification. */
export function newEndpointSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/** What to sign with now: the secret and, for a day after a rotation, the one before. */
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
 * What an endpoint's URL needs, null when it may be used: https, or http to a listed `host:port` on
 * this machine, without user name, password and fragment, and no address inside written out. What
 * names lead to is found out by `checkEndpointName`, and again with every connection.
 *
 * @param eventHosts `host:port` pairs that may be on the operator's own network
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
  if (isIP(host) !== 0 && !accepts(isListed)(host)) return INSIDE;
  return null;
}

/**
 * Looks the host of a URL that `checkEndpointUrl` accepted up.
 *
 * @param resolve stands in for `dns.lookup`
 * @returns what it needs, null when it leads to addresses that may be dialled
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
      else done(INSIDE);
    });
  });
}

const INSIDE =
  'an address on the public internet; for one on your own network list its host:port in EVENT_HOSTS';

function accepts(isListed: boolean): (ip: string) => boolean {
  return isListed ? isPublicOrLocalAddress : isPublicAddress;
}
