import { expect, test } from 'vitest';
import { addressesOf, personOf } from '../../../src/twilio/channel-address.ts';

test.each([
  ['+15551234567', '+15551234567'],
  ['whatsapp:+15551234567', '+15551234567'],
  ['rcs:+15551234567', '+15551234567'],
  ['sms:+15551234567', '+15551234567'],
  ['messenger:1234567890', 'messenger:1234567890'],
  ['whatsapp:+1555x', 'whatsapp:+1555x'],
  ['whatsapp:whatsapp:+15551234567', 'whatsapp:whatsapp:+15551234567'],
  ['12345', '12345'],
  ['MY-BANK', 'MY-BANK'],
  ['', ''],
])('%s is of %s', (address, person) => {
  expect(personOf(address)).toBe(person);
  expect(addressesOf(address)).toContain(address);
  expect(addressesOf(address)[0]).toBe(person);
});

test('who has a number has its addresses on channels, whichever is asked for', () => {
  expect(addressesOf('whatsapp:+15551234567').toSorted()).toEqual([
    '+15551234567',
    'mms:+15551234567',
    'rcs:+15551234567',
    'sms:+15551234567',
    'viber:+15551234567',
    'whatsapp:+15551234567',
  ]);
  expect(addressesOf('MY-BANK')).toEqual(['MY-BANK']);
});
