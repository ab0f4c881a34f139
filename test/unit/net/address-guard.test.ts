import { describe, expect, it } from 'vitest';
import { isPublicAddress, isPublicOrLocalAddress } from '../../../src/net/address-guard.ts';

describe('isPublicAddress', () => {
  it.each([
    '8.8.8.8',
    '54.172.60.0',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a05:d018::1',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
    '64:ff9b::8.8.8.8',
  ])('accepts %s', (ip) => {
    expect(isPublicAddress(ip)).toBe(true);
  });

  it.each([
    ['unspecified', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['metadata', '169.254.169.254'],
    ['ECS metadata', '169.254.170.2'],
    ['Azure metadata', '168.63.129.16'],
    ['Alibaba metadata', '100.100.100.200'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['protocol assignments', '192.0.0.192'],
    ['documentation', '192.0.2.1'],
    ['documentation', '198.51.100.1'],
    ['documentation', '203.0.113.1'],
    ['benchmarking', '198.18.0.1'],
    ['benchmarking', '198.19.255.255'],
    ['6to4 relay', '192.88.99.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['IPv4-compatible', '::127.0.0.1'],
    ['IPv4-compatible', '::808:808'],
    ['mapped loopback', '::ffff:127.0.0.1'],
    ['mapped loopback', '::ffff:7f00:1'],
    ['mapped metadata', '::ffff:169.254.169.254'],
    ['mapped Azure metadata', '::ffff:168.63.129.16'],
    ['translated', '::ffff:0:10.0.0.1'],
    ['NAT64 of private', '64:ff9b::10.0.0.1'],
    ['NAT64 of loopback', '64:ff9b::7f00:1'],
    ['NAT64 of metadata', '64:ff9b::a9fe:a9fe'],
    ['local NAT64', '64:ff9b:1::808:808'],
    ['link-local', 'fe80::1'],
    ['link-local with its zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['unique-local', 'fc00::1'],
    ['metadata', 'fd00:ec2::254'],
    ['multicast', 'ff02::1'],
    ['discard', '100::1'],
    ['6to4 of private', '2002:a00:1::1'],
    ['6to4', '2002:808:808::1'],
    ['Teredo', '2001::1'],
    ['benchmarking', '2001:2::1'],
    ['ORCHID', '2001:20::1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['segment routing', '5f00::1'],
    ['unassigned', '4000::1'],
    ['short form', '127.1'],
    ['a number', '2130706433'],
    ['octal', '0177.0.0.1'],
    ['a name', 'localhost'],
    ['nothing', ''],
  ])('refuses %s %s', (_, ip) => {
    expect(isPublicAddress(ip)).toBe(false);
  });
});

describe('isPublicOrLocalAddress', () => {
  it.each(['8.8.8.8', '127.0.0.1', '::1', '10.1.2.3', '100.64.0.1', 'fd12::1', '::ffff:10.0.0.1'])(
    'accepts %s',
    (ip) => {
      expect(isPublicOrLocalAddress(ip)).toBe(true);
    },
  );

  it.each([
    '169.254.169.254',
    '168.63.129.16',
    'fd00:ec2::254',
    'fe80::1',
    '0.0.0.0',
    '::',
    '224.0.0.1',
    '64:ff9b::a9fe:a9fe',
    'localhost',
  ])('refuses %s', (ip) => {
    expect(isPublicOrLocalAddress(ip)).toBe(false);
  });
});
