import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type Contact, readContacts } from '../../../../src/preview/kinds/contact-kind.ts';
import { LINEAR_SECONDS, processorSeconds } from '../../../support/processor-time.ts';

const card = (...lines: string[]) => ['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n');
const read = (...lines: string[]) => readContacts(card(...lines), 10).contacts[0];
const contact = (details: Partial<Contact>) => ({ name: 'A', phones: [], emails: [], ...details });

it.each<[string, string[], Partial<Contact>]>([
  [
    'vCard 2.1 with bare parameters',
    [
      'VERSION:2.1',
      'N:Doe;Jane;;Dr.;',
      'FN:Jane Doe',
      'ORG:Acme;Sales',
      'TEL;CELL;PREF:+1 555 0100',
      'TEL;WORK;VOICE:5550101',
      'EMAIL;INTERNET:jane@example.com',
    ],
    {
      name: 'Jane Doe',
      organization: 'Acme, Sales',
      phones: ['+1 555 0100', '5550101'],
      emails: ['jane@example.com'],
    },
  ],
  [
    'quoted-printable with soft line breaks',
    [
      'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=4D=C3=BC=6C=6C=65=72;=4A=C3=\r\n=B6=72=67;;;',
      'ORG;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Caf=E9=3B Bar=',
      '',
      '  Z=FCrich',
    ],
    { name: 'Jörg Müller', organization: 'Café; Bar  Zürich' },
  ],
  [
    'quoted-printable of an unknown charset',
    ['FN;CHARSET=X-NONE;QUOTED-PRINTABLE:J=C3=B6rg'],
    { name: 'Jörg' },
  ],
  [
    'quoted-printable in Shift_JIS',
    ['FN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=83e=83L=83X=83g'],
    { name: 'テキスト' },
  ],
  [
    'folded lines, groups and escapes of 3.0',
    [
      'VERSION:3.0',
      'FN:Jane\\, the',
      '  very\\n first',
      'item1.TEL;type=CELL;type="a:b;c":+1',
      ' 5550100',
      'item1.X-ABLabel:_$!<Mobile>!$_',
      'ORG:Smith\\; Sons;',
    ],
    { name: 'Jane, the very  first', organization: 'Smith; Sons', phones: ['+15550100'] },
  ],
  [
    'vCard 4.0 with addresses for values',
    [
      'VERSION:4.0',
      'FN:A',
      'TEL;VALUE=uri;TYPE="voice,home":tel:+1-555-0100',
      'EMAIL;PREF=1:mailto:a@example.com',
    ],
    { phones: ['+1-555-0100'], emails: ['a@example.com'] },
  ],
  ['properties before the version', ['TEL:1', 'FN:A', 'VERSION:3.0'], { phones: ['1'] }],
  ['the name in N', ['FN:', 'N:Doe;Jane;Q.;Dr.;Jr.'], { name: 'Dr. Jane Q. Doe Jr.' }],
  ['the name in ORG', ['N:;;;;', 'ORG:Acme'], { name: 'Acme', organization: 'Acme' }],
  [
    'a phone for the name',
    ['TEL:1', 'EMAIL:a@example.com'],
    { name: '1', phones: ['1'], emails: ['a@example.com'] },
  ],
  [
    'an e-mail for the name',
    ['EMAIL:b@example.com'],
    { name: 'b@example.com', emails: ['b@example.com'] },
  ],
  ['the same phone twice', ['FN:A', 'TEL;CELL:1', 'TEL;HOME:1'], { phones: ['1'] }],
  [
    'the first five phones and e-mails',
    ['FN:A', ...'1234567'.split('').flatMap((n) => [`TEL:${n}`, `EMAIL:${n}@x`])],
    { phones: ['1', '2', '3', '4', '5'], emails: ['1@x', '2@x', '3@x', '4@x', '5@x'] },
  ],
  [
    'what malformed lines leave',
    [
      'no colon',
      ':',
      ';;:',
      'TEL;"open:1',
      '=: =',
      'constructor:1',
      '__proto__:1',
      'FN:A',
      'EMAIL',
    ],
    {},
  ],
  [
    'no card within a card',
    ['FN:A', 'AGENT:', 'BEGIN:VCARD', 'FN:B', 'TEL:2', 'END:VCARD', 'TEL:1'],
    { phones: ['1'] },
  ],
  ['controls and marks that reverse text', ['FN:A\0\u202e', 'TEL:1\u0007'], { phones: ['1'] }],
  [
    'quoted-printable that is folded, too',
    [
      'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:01.01.1970 =D0=B3.;*=D0=\r\n =9F=D1=80=D0=BE=\r\n =D0=B1=D0=B0',
      'FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:*=D0=9F=D1=80=D0=BE=D0=B1=D0=\r\n =B0 =D0=92=D0=BB./=\r\n  01.01.1970',
    ],
    { name: '*Проба Вл./ 01.01.1970' },
  ],
  [
    'quoted-printable that is folded in the midst of its only split character',
    ['FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=D0=9F=D1=\r\n =80'],
    { name: 'Пр' },
  ],
  [
    'a blank of its own after a soft break',
    ['FN;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg=\r\n M=C3=BCller'],
    { name: 'Jörg Müller' },
  ],
  ['a long name', [`FN:${'x'.repeat(5_000)}`], { name: `${'x'.repeat(199)}…` }],
])('reads %s', (_, lines, details) => {
  expect(read(...lines)).toEqual(contact(details));
});

describe('photos', async () => {
  const jpeg = await sharp({
    create: { width: 40, height: 40, channels: 3, background: '#0f766e' },
  })
    .jpeg()
    .toBuffer();
  const base64 = jpeg.toString('base64');
  const folded = base64.replace(/.{60}/g, '$&\r\n ');

  it.each([
    ['2.1', `PHOTO;ENCODING=BASE64;JPEG:${folded}`],
    ['2.1 of Android', `PHOTO;ENCODING=BASE64;JPEG:${folded}\r\n`],
    ['2.1, bare', `PHOTO;BASE64;TYPE=JPEG:\r\n ${folded}`],
    ['3.0', `PHOTO;ENCODING=b;TYPE=JPEG:${folded}`],
    ['3.0 of Apple', `item2.PHOTO;X-ABCROP=A&1;ENCODING=B;TYPE=JPEG:${folded}`],
    ['3.0, without its encoding', `PHOTO;TYPE=image/jpeg:${folded}`],
    ['3.0, without any parameter', `PHOTO:${folded}`],
    ['4.0', `PHOTO:data:image/jpeg;base64,${folded}`],
    ['4.0, escaped', `PHOTO:data:image/jpeg;base64\\,${base64}`],
  ])('are taken from vCard %s', (_, line) => {
    expect(read('FN:A', line, 'TEL:1')).toEqual(contact({ phones: ['1'], photo: jpeg }));
  });

  it.each([
    ['an address', 'PHOTO;VALUE=uri:https://example.com/a.jpg'],
    ['an address that claims to be base64', 'PHOTO;ENCODING=b:https://example.com/a.jpg'],
    ['the name of a file', 'PHOTO;TYPE=JPEG:photo.jpg'],
    ['in quoted-printable', 'PHOTO;ENCODING=QUOTED-PRINTABLE:abcd'],
    ['a data URI without base64', 'PHOTO:data:image/jpeg,abc'],
    ['invalid base64', 'PHOTO;ENCODING=b:ab(c)'],
    ['no bytes', 'PHOTO;ENCODING=b:'],
  ])('that are %s are left out', (_, line) => {
    expect(read('FN:A', line)).toEqual(contact({}));
  });
});

it.each([
  ['lone CR', '\r'],
  ['LF', '\n'],
])('reads %s line ends', (_, end) => {
  const text = card('FN:A', 'NOTE:folded', ' more', 'TEL:1').replaceAll('\r\n', end);
  expect(readContacts(text + text, 10)).toEqual({
    count: 2,
    contacts: [contact({ phones: ['1'] }), contact({ phones: ['1'] })],
  });
});

it('reads cards whose end is missing', () => {
  const text = 'BEGIN:VCARD\nFN:A\nbegin:vcard\nFN:B\nTEL:2';
  const { count, contacts } = readContacts(text, 10);
  expect(count).toBe(2);
  expect(contacts.map(({ name }) => name)).toEqual(['A', 'B']);
});

it('leaves out cards that say nothing, but counts them', () => {
  expect(readContacts(card('NOTE:x') + card('FN:A'), 10)).toEqual({
    count: 2,
    contacts: [contact({})],
  });
});

it.each(['', 'BEGIN:VCARD', 'END:VCARD', 'END:VCARD\nBEGIN:VCARD\nEND:VCARD', 'FN:A', '\n\n'])(
  'finds no contact in %j',
  (text) => {
    expect(readContacts(text, 10).contacts).toEqual([]);
  },
);

it('reads the first of 10,000 contacts and counts the rest', () => {
  const text = Array.from({ length: 10_000 }, (_, n) => card(`FN:N${n}`, `TEL:${n}`)).join('');
  let found: ReturnType<typeof readContacts> | undefined;
  const seconds = processorSeconds(() => (found = readContacts(text, 10)));
  expect(seconds).toBeLessThan(LINEAR_SECONDS);
  expect(found?.count).toBe(10_000);
  expect(found?.contacts.map(({ name }) => name)).toEqual(
    Array.from({ length: 10 }, (_, n) => `N${n}`),
  );
});

it.each<[string, () => string]>([
  ['one line', () => `BEGIN:VCARD\nFN:${'x'.repeat(100_000_000)}`],
  ['quotes that stay open', () => `BEGIN:VCARD\nTEL${';"'.repeat(4_000_000)}`],
  ['backslashes', () => `BEGIN:VCARD\nFN:${'\\'.repeat(8_000_000)}`],
  ['nested beginnings', () => 'BEGIN:VCARD\n'.repeat(700_000)],
  ['nested agents', () => 'BEGIN:VCARD\nAGENT:\n'.repeat(400_000)],
  ['other components', () => `BEGIN:VCARD\n${'BEGIN:X\n'.repeat(1_000_000)}`],
  ['folded lines', () => `BEGIN:VCARD\nFN:A${'\n x'.repeat(2_500_000)}`],
  ['soft line breaks', () => `BEGIN:VCARD\nFN;QUOTED-PRINTABLE:${'=\n'.repeat(4_000_000)}`],
  ['empty lines', () => `BEGIN:VCARD\n${'\r\n'.repeat(4_000_000)}FN:A`],
  ['base64', () => `BEGIN:VCARD\nFN:A\nPHOTO;ENCODING=b:${'A'.repeat(8_000_000)}=(`],
  ['a data URI', () => `BEGIN:VCARD\nFN:A\nPHOTO:data:${'a;base64'.repeat(1_000_000)}`],
])('is linear in the length of %s', (_, make) => {
  const text = make();
  expect(processorSeconds(() => readContacts(text, 10))).toBeLessThan(LINEAR_SECONDS);
});
