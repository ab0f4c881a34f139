import { expect, test } from 'vitest';
import { loggedUrl } from '../../../src/http/request-log.ts';

test.each([
  ['/api/v1/media', '/api/v1/media'],
  ['/api/v1/media?limit=2&from=%2B15551234567&limit=3', '/api/v1/media?limit&from'],
  ['/api/v1/keys/%2B15551234567', '/api/v1/keys/+*********67'],
  ['/api/v1/keys/%2b15551234567', '/api/v1/keys/+*********67'],
  ['/keys/%31%35551234567', '/keys/*********67'],
  ['/keys/tel%3A15551234567', '/keys/tel:*********67'],
  ['/keys/%2B15551234567%', '/keys/+*********67%'],
  ['/keys/%2B15551234567%zz', '/keys/+*********67%zz'],
  ['/keys/%FF%2B15551234567', '/keys/\ufffd+*********67'],
  ['/keys/%252B15551234567', '/keys/%2B*********67'],
  ['/?%2B15551234567=1', '/?+*********67'],
  [undefined, ''],
])('%s is logged as %s', (url, logged) => {
  expect(loggedUrl(url)).toBe(logged);
});
