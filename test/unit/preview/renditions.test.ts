import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { hasWideGamut } from '../../../src/preview/renditions/colour-gamut.ts';
import {
  normaliseCalendar,
  normaliseContacts,
} from '../../../src/preview/renditions/convert-text.ts';
import {
  pagesOf,
  renditionAnswer,
  renditionOf,
} from '../../../src/preview/renditions/rendition-types.ts';
import { writePicture } from '../../../src/preview/renditions/write-picture.ts';
import { fixturePath } from '../../support/fixtures.ts';

async function profileOf(name: string): Promise<Buffer> {
  const create = { width: 1, height: 1, channels: 3, background: 'red' } as const;
  const png = await sharp({ create }).withIccProfile(name).png().toBuffer();
  return (await sharp(png).metadata()).icc ?? Buffer.alloc(0);
}

test('a gamut is wide when its primary colours lie outside sRGB', async () => {
  expect(hasWideGamut(await profileOf('p3'))).toBe(true);
  expect(hasWideGamut(await profileOf('srgb'))).toBe(false);
});

test('damaged profiles have no wide gamut', async () => {
  const profile = await profileOf('p3');
  expect(hasWideGamut(Buffer.alloc(0))).toBe(false);
  for (let length = 0; length < profile.length; length += 1) {
    hasWideGamut(profile.subarray(0, length));
  }
  const noise = Buffer.from(profile).fill(0xff, 128);
  expect(hasWideGamut(noise)).toBe(false);
});

test.each([
  ['image/jpeg', 'image', 'picture'],
  ['application/pdf', 'pdf', 'picture'],
  ['video/3gpp', 'video', 'video'],
  ['video/3gpp', 'audio', 'audio'],
  ['video/3gpp', 'card', 'video'],
  ['text/vcard', 'contact', 'text'],
  [null, 'text', 'text'],
  [null, 'card', null],
  ['application/zip', 'card', null],
])('bytes of %s whose preview is %s can be %s', (contentType, previewKind, name) => {
  expect(renditionOf({ contentType, previewKind })).toBe(name);
});

test('only pages of documents count', () => {
  expect(pagesOf({ contentType: 'application/pdf', details: { pages: 7 } })).toBe(7);
  expect(pagesOf({ contentType: 'application/pdf', details: null })).toBe(1);
  expect(pagesOf({ contentType: 'image/gif', details: { pages: 12 } })).toBe(1);
});

test('an answer of the decoder holds only what it may', () => {
  const answer = renditionAnswer('picture');
  const file = { contentType: 'image/jpeg', reason: null };
  const injected = { file: { ...file, key: 'blobs/of-another', state: 'ready', byteSize: -1 } };
  expect(answer.parse(injected)).toEqual({ file });
  expect(answer.parse({ reason: 'x'.repeat(9999) })).toEqual({ reason: 'x'.repeat(300) });
  for (const bad of [null, {}, { file: { ...file, contentType: 'text/html' } }, { reason: 7 }]) {
    expect(answer.safeParse(bad).success).toBe(false);
  }
});

test('a page of a TIFF that does not decode is never its first page', async () => {
  const source = {
    path: fixturePath('photo.tiff'),
    contentType: 'image/tiff',
    byteSize: 1,
    scratchFolder: '/nowhere',
    withLocation: false,
  };
  await expect(writePicture({ ...source, page: 2 }, '/nowhere/picture')).rejects.toThrow(
    'This page cannot be decoded',
  );
});

describe('a calendar', () => {
  const event = (...lines: string[]) =>
    [
      'BEGIN:VCALENDAR',
      'VERSION:1.0',
      'BEGIN:VEVENT',
      ...lines,
      'END:VEVENT',
      'END:VCALENDAR',
    ].join('\n');

  test('of version 1 becomes version 2, with CR LF and without quoted-printable', () => {
    const text = normaliseCalendar(
      event('SUMMARY;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Caf=E9', 'DTSTART:20260715'),
    );
    expect(text.split('\r\n')).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//mms-inbox//renditions//EN',
      'BEGIN:VEVENT',
      'SUMMARY:Café',
      'DTSTART;VALUE=DATE:20260715',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
  });

  test('has its times in UTC where they have an offset, which the standard does not know', () => {
    const text = normaliseCalendar(event('DTSTART:2026-07-15T12:30:00+02:00'));
    expect(text).toContain('DTSTART:20260715T103000Z\r\n');
  });

  test('is closed where it is cut short, and loses what cannot be read', () => {
    const text = normaliseCalendar('BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VTODO\n: :\nSUMMARY:a');
    expect(text).toContain('BEGIN:VEVENT\r\nSUMMARY:a\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n');
    expect(() => normaliseCalendar('no calendar')).toThrow('no readable event');
  });

  test('of many nested components takes linear time', () => {
    const text = 'BEGIN:VEVENT\n'.repeat(200_000);
    expect(normaliseCalendar(text).match(/BEGIN:VEVENT/g)).toHaveLength(8);
  });
});

test('values of a contact in another charset become UTF-8', () => {
  const line = 'N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller';
  const card = `BEGIN:VCARD\r\nVERSION:2.1\r\n${line}\r\nTEL;CELL:1\r\nEND:VCARD\r\n`;
  expect(normaliseContacts(card)).toBe(
    card.replace(line, 'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller'),
  );
  expect(normaliseContacts('BEGIN:VCARD\nFN:x\nEND:VCARD')).toBe('BEGIN:VCARD\nFN:x\nEND:VCARD');
});
