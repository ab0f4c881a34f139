import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether an address, as a socket reports it, is in a list. */
export type AddressList = (address: string | undefined) => boolean;

/** Whether a text is an IP address, or a subnet in CIDR notation that is not the whole internet. */
export function isAddressOrSubnet(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const [address = ''] = text.split('/');
  // isIP is stricter than ipaddr.js, which also reads `127.1` and octal.
  return isIP(address) !== 0 && ipaddr.isValidCIDR(text) && ipaddr.parseCIDR(text)[1] > 0;
}

/**
 * IPv4 addresses may be written as IPv6 (`::ffff:10.0.0.1`), as sockets report them that listen on both.
 *
 * @param entries that `isAddressOrSubnet` accepts
 */
export function createAddressList(entries: readonly string[]): AddressList {
  const subnets = entries.map(parseEntry);
  return (address) => {
    if (address === undefined || !ipaddr.isValid(address)) return false;
    const given = ipaddr.process(address);
    return subnets.some(
      ([subnet, bits]) => given.kind() === subnet.kind() && given.match(subnet, bits),
    );
  };
}

const MAPPED_BITS = 96;

function parseEntry(entry: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const isSubnet = entry.includes('/');
  const [address, bits] = isSubnet ? ipaddr.parseCIDR(entry) : [ipaddr.parse(entry), undefined];
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) {
    const prefix = bits ?? 128;
    // A shorter prefix has more than the IPv4 addresses in it: as it is, it matches none of them.
    if (prefix >= MAPPED_BITS) return [address.toIPv4Address(), prefix - MAPPED_BITS];
  }
  return [address, bits ?? (address.kind() === 'ipv6' ? 128 : 32)];
}
