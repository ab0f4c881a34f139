import { expect, test } from 'vitest';
import { extensionOf } from '../../../src/media/file-extension.ts';
import { PREVIEW_TYPES } from '../../../src/preview/preview-types.ts';

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
  ['text/plain', '.txt'],
  ['text/javascript', '.txt'],
  ['text/html', '.txt'],
  ['image/svg+xml', '.bin'],
  ['application/x-msdownload', '.bin'],
  ['application/java-archive', '.bin'],
  ['application/x-sh', '.bin'],
  ['application/x.ms.shortcut', '.bin'],
  ['made/up', '.bin'],
  [null, '.bin'],
])('a file of %s ends in %j', (contentType, extension) => {
  expect(extensionOf(contentType)).toBe(extension);
});

test('pictures, videos and sounds that have a preview have an extension', () => {
  const types = Object.values(PREVIEW_TYPES).flat();
  const shown = types.filter((type) => /^(image|video|audio)\//.test(type ?? ''));
  expect(shown.filter((type) => extensionOf(type) === '.bin')).toEqual([]);
});
