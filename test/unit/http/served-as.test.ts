import { expect, test } from 'vitest';
import { servedAs } from '../../../src/http/served-as.ts';

const sid = `ME${'0'.repeat(32)}`;

test.each([
  ['image/jpeg', 'image/jpeg', true],
  ['image/webp', 'image/webp', true],
  ['video/mp4', 'video/mp4', true],
  ['text/plain', 'text/plain; charset=utf-8', true],
  ['image/svg+xml', 'image/svg+xml', false],
  ['text/html', 'text/html', false],
  ['text/vcard', 'text/vcard', false],
  ['application/pdf', 'application/pdf', false],
  ['application/xml', 'application/xml', false],
  ['image/heic', 'image/heic', false],
  [null, 'application/octet-stream', false],
])('%s leaves as %s, inline %s', (contentType, served, inline) => {
  expect(servedAs({ sid, contentType })).toEqual({ contentType: served, inline });
});
