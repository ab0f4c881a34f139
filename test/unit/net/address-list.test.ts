import { expect, test } from 'vitest';
import { createAddressList, isAddressOrSubnet } from '../../../src/net/address-list.ts';

test.each([
  ['127.0.0.1', true],
  ['10.0.0.0/8', true],
  ['::1', true],
  ['fd00::/8', true],
  ['::ffff:10.0.0.0/104', true],
  ['0.0.0.0/0', false],
  ['::/0', false],
  ['127.1', false],
  ['10/8', false],
  ['1', false],
  ['10.0.0.0/33', false],
  ['10.0.0.0/', false],
  ['proxy.internal', false],
  ['loopback', false],
  ['', false],
])('%j is an entry: %s', (text, isOne) => {
  expect(isAddressOrSubnet(text)).toBe(isOne);
});

test.each([
  ['127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', '::ffff:127.0.0.1', true],
  ['::ffff:127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', '127.0.0.2', false],
  ['10.0.0.0/8', '10.255.255.255', true],
  ['10.0.0.0/8', '::ffff:10.1.2.3', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['::ffff:10.0.0.0/104', '10.1.2.3', true],
  ['::ffff:10.0.0.0/104', '11.1.2.3', false],
  ['::1', '::1', true],
  ['::1', '127.0.0.1', false],
  ['fd00::/8', 'fd12::1', true],
  ['fd00::/8', 'fe80::1%eth0', false],
  ['fe80::/10', 'fe80::1%eth0', true],
  ['10.0.0.0/8', undefined, false],
  ['10.0.0.0/8', 'nonsense', false],
])('%s has %s: %s', (entry, address, isIn) => {
  expect(createAddressList(['192.0.2.1', entry])(address)).toBe(isIn);
});
