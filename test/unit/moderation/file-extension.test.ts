import { expect, test } from 'vitest';
import { PREVIEW_TYPES } from '../../../src/media/preview/preview-types.ts';
import { extensionOf } from '../../../src/moderation/senders/file-extension.ts';

test.each([
  ['image/jpeg', '.jpg'],
  ['video/3gpp', '.3gp'],
  ['video/quicktime', '.mov'],
  ['audio/mpeg', '.mp3'],
  ['audio/amr', '.amr'],
  ['text/vcard', '.vcf'],
  ['text/calendar', '.ics'],
  ['application/pdf', '.pdf'],
  ['application/octet-stream', '.bin'],
  ['made/up', ''],
  [null, ''],
])('a file of %s ends in %j', (contentType, extension) => {
  expect(extensionOf(contentType)).toBe(extension);
});

test('what has a preview has an extension', () => {
  const types = Object.values(PREVIEW_TYPES).flat();
  expect(types.filter((type) => type !== null && extensionOf(type) === '')).toEqual([]);
});
