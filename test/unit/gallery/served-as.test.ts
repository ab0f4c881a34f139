import { expect, test } from 'vitest';
import { servedAs } from '../../../src/gallery/send-media.ts';

test.each([
  ['image/jpeg', 'image/jpeg', true],
  ['image/webp', 'image/webp', true],
  ['video/mp4', 'video/mp4', true],
  ['text/plain', 'text/plain; charset=utf-8', true],
  ['image/heic', 'image/heic', false],
  ['image/tiff', 'image/tiff', false],
  ['audio/x-caf', 'audio/x-caf', false],
  ['text/vcard', 'text/vcard', false],
  ['text/x-vcard', 'text/x-vcard', false],
  ['text/calendar', 'text/calendar', false],
  ['application/pdf', 'application/pdf', false],
  ['image/svg+xml', 'application/octet-stream', false],
  ['text/html', 'application/octet-stream', false],
  ['text/javascript', 'application/octet-stream', false],
  ['text/ecmascript', 'application/octet-stream', false],
  ['text/css', 'application/octet-stream', false],
  ['text/xml', 'application/octet-stream', false],
  ['text/vtt', 'application/octet-stream', false],
  ['text/csv', 'application/octet-stream', false],
  ['application/xml', 'application/octet-stream', false],
  ['application/wasm', 'application/octet-stream', false],
  ['application/zip', 'application/octet-stream', false],
  ['constructor', 'application/octet-stream', false],
  [null, 'application/octet-stream', false],
])('%s leaves as %s, inline %s', (contentType, served, inline) => {
  expect(servedAs({ contentType })).toEqual({ contentType: served, inline });
});
