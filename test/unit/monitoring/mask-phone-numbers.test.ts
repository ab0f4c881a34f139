import { expect, test } from 'vitest';
import { maskPhoneNumber, maskPhoneNumbers } from '../../../src/monitoring/logger.ts';

test.each([
  ['+15551234567', '+*********67'],
  ['15551234567', '*********67'],
  ['whatsapp:+4915112345678', 'whatsapp:+***********78'],
  ['from +1 (415) 555-0123 today', 'from +* (***) ***-**23 today'],
  ['415.555.0123', '***.***.**23'],
  ['+14155550100,+14155550123', '+*********00,+*********23'],
  ['/api/v1/keys/+14155550123', '/api/v1/keys/+*********23'],
  ['22.33.44.55', '**.**.**.55'],
  ['06.12.34.56.78', '**.**.**.**.78'],
  ['+1.212.255.12', '+*.***.***.12'],
  ['127.0.0.1:5432 refused +14155550123', '127.0.0.1:5432 refused +*********23'],
])('%s becomes %s', (text, masked) => {
  expect(maskPhoneNumbers(text)).toBe(masked);
});

test.each([
  ['a media sid', `ME${'12345678'.repeat(4)}`],
  ['an account sid', `AC${'0'.repeat(32)}`],
  ['a request id', 'deadbeef-1a2b-4c3d-8e4f-a0b1c2d3e4f5'],
  ['a short number', 'took 123456 ms'],
  ['a path', '/api/v1/media'],
  ['what a connection was refused by', 'connect ECONNREFUSED 127.0.0.1:5432'],
  ['both ends of a connection', 'connect ETIMEDOUT 10.20.30.40:443 - Local (192.168.17.12:53422)'],
  ['an address behind a number', 'try 5 of 10.20.30.40:5432'],
  ['an address without a port', 'no pg_hba.conf entry for host "172.16.254.9", user "mms"'],
  ['an address of IPv6', 'connect ECONNREFUSED ::1:5432'],
  ['nothing', ''],
])('%s stays', (_name, text) => {
  expect(maskPhoneNumbers(text)).toBe(text);
});

test.each(['', '7', '77'])('a number of %j is too short to tell anything', (text) => {
  expect(maskPhoneNumber(text)).toBe(text);
});
