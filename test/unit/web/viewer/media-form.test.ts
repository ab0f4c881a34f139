import { expect, test } from 'vitest';
import type { MediaItem } from '../../../../web/src/api/types.ts';
import { formOf, showsOriginal } from '../../../../web/src/viewer/media-form.ts';

const rendition = (as: 'picture' | 'audio' | 'video' | 'text', pages = 1) => ({
  as,
  page: 1,
  pages,
  state: 'possible' as const,
  reason: null,
});

function item(other: Partial<MediaItem> = {}, kind = 'image'): MediaItem {
  const preview = { kind, reason: null, thumbhash: null, sizes: {} };
  return {
    state: 'stored',
    moderation: 'visible',
    contentType: 'image/jpeg',
    byteSize: 1000,
    width: 640,
    height: 480,
    details: null,
    renditions: [rendition('picture')],
    preview,
    ...other,
  } as MediaItem;
}

test.each([
  ['picture', item()],
  ['picture', item({ contentType: 'image/gif' }, 'animation')],
  ['pages', item({ contentType: 'image/tiff', renditions: [rendition('picture', 3)] })],
  ['pages', item({ contentType: 'application/pdf', width: null }, 'pdf')],
  ['file', item({ contentType: 'application/pdf', details: { encrypted: true } }, 'pdf')],
  // A picture that could not be decoded.
  ['file', item({ width: null, renditions: [] }, 'card')],
  ['video', item({ contentType: 'video/mp4', renditions: [rendition('video')] }, 'video')],
  // Without ffmpeg on the server.
  ['video', item({ contentType: 'video/mp4', width: null, renditions: [] }, 'card')],
  ['audio', item({ contentType: 'audio/amr', renditions: [rendition('audio')] }, 'audio')],
  // A recorded voice in the container of a video.
  ['audio', item({ contentType: 'video/3gpp', renditions: [rendition('audio')] }, 'audio')],
  ['contacts', item({ contentType: 'text/vcard', renditions: [rendition('text')] }, 'contact')],
  ['events', item({ contentType: 'text/calendar', renditions: [rendition('text')] }, 'calendar')],
  ['text', item({ contentType: 'text/plain', renditions: [rendition('text')] }, 'text')],
  ['file', item({ contentType: 'application/zip', renditions: [] }, 'card')],
  ['pending', item({ state: 'pending', preview: null })],
  ['failed', item({ state: 'failed', preview: null })],
  ['held', item({ moderation: 'held' })],
  ['held', item({ moderation: 'quarantined' }, 'pdf')],
] as const)('%s %#', (form, media) => {
  expect(formOf(media, false)).toBe(form);
});

test('what was revealed is shown as what it is', () => {
  expect(formOf(item({ moderation: 'held' }), true)).toBe('picture');
});

test.each([
  [true, {}],
  [true, { contentType: 'image/avif' }],
  [false, { contentType: 'image/heic' }],
  [false, { contentType: 'image/svg+xml' }],
  [false, { byteSize: 20_000_000 }],
  [false, { width: 20_000, height: 20_000 }],
] as const)('shown by its own bytes: %s %#', (expected, other) => {
  expect(showsOriginal(item(other))).toBe(expected);
});
