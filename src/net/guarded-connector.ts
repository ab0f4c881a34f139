import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { isIP, isIPv6, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isPublicAddress, isPublicOrLocalAddress } from './address-guard.ts';
import { hostPort } from './host-port.ts';

/** `dns.lookup` with `all: true`, or a stand-in for it. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Why no connection was made. `message` names the host and is shown to users; `cause` is for the log. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  readonly code: 'refused-address' | 'dns-failed' | 'timeout-connect' | 'connect-failed';

  constructor(code: ConnectError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * A lookup for `net.connect` that fails with ConnectError `refused-address` unless every address
 * of the name is accepted. It is the connection's own lookup, so there is no second resolution (DNS
 * rebinding): the connection uses exactly the addresses that were checked.
 */
export function createGuardedLookup(
  accepts: (ip: string) => boolean,
  resolve: Resolve = systemLookup,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const [first] = addresses;
      // One is enough to refuse: an attacker may mix a private address with public ones.
      if (first === undefined || !addresses.every(({ address }) => accepts(address))) {
        return callback(refusedAddress(hostname), []);
      }
      if (options.all) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

/**
 * An undici connector that connects to public addresses only.
 *
 * @param localHostPorts `host:port` pairs, as `hostPort()` writes them, that may also be on the
 *   operator's own network
 * @param connectMs time for name lookup, TCP and TLS together, in milliseconds
 * @returns a connector whose errors are ConnectErrors: `refused-address`, `dns-failed`,
 *   `timeout-connect`, `connect-failed`
 */
export function createGuardedConnector(
  localHostPorts: ReadonlySet<string>,
  connectMs: number,
  resolve?: Resolve,
): buildConnector.connector {
  const guarded = (accepts: (ip: string) => boolean) => ({
    accepts,
    connect: buildConnector({
      timeout: connectMs,
      lookup: createGuardedLookup(accepts, resolve),
    } as buildConnector.BuildOptions),
  });
  const outside = guarded(isPublicAddress);
  const configured = guarded(isPublicOrLocalAddress);

  return (options, callback) => {
    const { protocol, port } = options;
    const hostname = isIPv6(options.hostname) ? `[${options.hostname}]` : options.hostname;
    const isConfigured = localHostPorts.has(hostPort({ protocol, hostname, port }));
    const { accepts, connect } = isConfigured ? configured : outside;
    // No lookup happens for a literal IP address.
    if (isIP(options.hostname) !== 0 && !accepts(options.hostname)) {
      queueMicrotask(() => callback(refusedAddress(hostname), null));
      return;
    }
    connect(options, (...[error, socket]) => {
      if (error) callback(connectError(error, hostname), null);
      else callback(null, socket);
    });
  };
}

function refusedAddress(hostname: string): ConnectError {
  return new ConnectError(
    'refused-address',
    `The host ${hostname} has an address that is not on the public internet`,
  );
}

function connectError(error: NodeJS.ErrnoException, hostname: string): ConnectError {
  if (error instanceof ConnectError) return error;
  if (error.code === 'UND_ERR_CONNECT_TIMEOUT') {
    const message = `The connection to ${hostname} took too long`;
    return new ConnectError('timeout-connect', message, { cause: error });
  }
  if (error.syscall === 'getaddrinfo') {
    const message = `The name ${hostname} could not be looked up (${error.code})`;
    return new ConnectError('dns-failed', message, { cause: error });
  }
  const message = `No connection to ${hostname} could be made (${error.code ?? 'no reason given'})`;
  return new ConnectError('connect-failed', message, { cause: error });
}
