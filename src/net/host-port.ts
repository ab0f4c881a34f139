import ipaddr from 'ipaddr.js';

/**
 * `host:port` with the port always written out, so that `https://h` and `https://h:443` compare
 * equal. IPv6 hosts keep their brackets, as in `URL.hostname`.
 */
export function hostPort(url: { protocol: string; hostname: string; port: string }): string {
  return `${url.hostname}:${url.port || (url.protocol === 'http:' ? '80' : '443')}`;
}

/**
 * Reads an entry of a list of hosts: `host`, or `host:port`.
 *
 * @returns the host as in `URL.hostname`, and the port if there is one; null when the entry is neither
 */
export function parseHostEntry(entry: string): { hostname: string; port: string | null } | null {
  const text = entry.toLowerCase();
  const url = URL.parse(`http://${text}`);
  if (url === null || /[*/\\?#@\s]/.test(text)) return null;
  const hasPort = /:\d+$/.test(text.replace(/^\[.*\]/, ''));
  return { hostname: url.hostname, port: hasPort ? url.port || '80' : null };
}

/** Whether a `URL.hostname` is this machine, without a lookup: `localhost`, 127/8 or `[::1]`. */
export function isLoopbackHost(hostname: string): boolean {
  if (hostname === 'localhost') return true;
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

// Names that do not exist in public DNS [RFC 6762, RFC 6761, RFC 8375; ICANN on .internal].
const PRIVATE_NAME = /^[^.]+$|\.(?:local|localhost|internal|intranet|lan|home|home\.arpa|test)$/;

/** Whether a `URL.hostname` is, without a lookup, not a name or address of the public internet. */
export function isPrivateName(hostname: string): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  if (ipaddr.isValid(address)) return ipaddr.process(address).range() !== 'unicast';
  return PRIVATE_NAME.test(hostname);
}

/** The URL of a server with this configuration on this machine. */
export function localUrl({ host, port }: { host: string; port: number }): string {
  const anyAddress = host === '0.0.0.0' || host === '::';
  const name = anyAddress ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
