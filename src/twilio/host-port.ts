import ipaddr from 'ipaddr.js';

/**
 * `host:port` with the port always written out, so that `https://h` and `https://h:443` compare
 * equal. IPv6 hosts keep their brackets, as in `URL.hostname`.
 */
export function hostPort(url: { protocol: string; hostname: string; port: string }): string {
  return `${url.hostname}:${url.port || (url.protocol === 'http:' ? '80' : '443')}`;
}

/** Whether a `URL.hostname` means this machine by its own text: `localhost`, 127/8 or `[::1]`. */
export function isLoopbackHost(hostname: string): boolean {
  if (hostname === 'localhost') return true;
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}
