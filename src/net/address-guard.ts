import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Cloud metadata services, which return secrets of the machine, with addresses in otherwise ordinary ranges:
 * fd00:ec2::254 is Amazon's; 168.63.129.16 is Azure's, in a public range.
 */
const METADATA_ADDRESSES = new Set(['fd00:ec2::254', '168.63.129.16']);

const LOCAL_RANGES = new Set(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat']);

/**
 * Whether an IP address, as a resolver returns it, is an ordinary one on the public internet.
 *
 * Refused: private, loopback, link-local (cloud metadata), carrier-grade NAT, unique-local,
 * multicast, unspecified, reserved, benchmarking and documentation ranges, 6to4 and Teredo. An IPv4
 * address inside IPv6 (`::ffff:0:0/96`, or NAT64 `64:ff9b::/96` of RFC 6052) counts as that IPv4
 * address: on IPv6-only networks NAT64 is the only way to an IPv4 host. Whatever is not an IP
 * address, or IPv6 outside 2000::/3 (RFC 4291), is not public.
 */
export function isPublicAddress(ip: string): boolean {
  const address = parse(ip);
  if (address === null || METADATA_ADDRESSES.has(address.toString())) return false;
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL_UNICAST);
}

/**
 * Whether to allow connections to an address for a host and port that the operator has configured: public, or
 * on the operator's own network. Link-local and metadata addresses are refused even then.
 */
export function isPublicOrLocalAddress(ip: string): boolean {
  if (isPublicAddress(ip)) return true;
  const address = parse(ip);
  return (
    address !== null &&
    LOCAL_RANGES.has(address.range()) &&
    !METADATA_ADDRESSES.has(address.toString())
  );
}

/** The address that is actually reached: IPv4 is extracted from IPv4-mapped and NAT64 addresses. */
function parse(ip: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  // isIP is stricter than ipaddr.js, which also reads `127.1` and octal.
  if (isIP(ip) === 0) return null;
  const address = ipaddr.process(ip);
  if (address instanceof ipaddr.IPv6 && address.match(NAT64)) {
    return new ipaddr.IPv4(address.toByteArray().slice(12));
  }
  return address;
}
