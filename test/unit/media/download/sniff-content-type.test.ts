import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sniffContentType } from '../../../../src/media/download/sniff-content-type.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sniff-'));
});
afterAll(() => rm(folder, { recursive: true }));

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
);
const ftyp = (brand: string) =>
  Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}\0\0\0\0${brand}mif1`)]);
const zipEntry = Buffer.from('504b030414000000080000000000000000000000000000000000ffffffff', 'hex');

describe('sniffContentType', () => {
  it.each<[string, Buffer | string, string]>([
    ['PNG', png, 'image/png'],
    ['JPEG', Buffer.from('ffd8ffe000104a46494600010100', 'hex'), 'image/jpeg'],
    ['GIF', 'GIF89a\x01\0\x01\0', 'image/gif'],
    ['HEIC', ftyp('heic'), 'image/heic'],
    ['3GPP', ftyp('3gp4'), 'video/3gpp'],
    ['AMR', '#!AMR\n\x3c', 'audio/amr'],
    ['PDF', '%PDF-1.7\n%', 'application/pdf'],
    ['vCard', 'BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n', 'text/vcard'],
    ['vCard after a byte order mark', '\ufeffBEGIN:VCARD\nEND:VCARD', 'text/vcard'],
    ['vCard in UTF-16', Buffer.from('\ufeffBEGIN:VCARD\r\nEND:VCARD', 'utf16le'), 'text/vcard'],
    [
      'vCard in UTF-16, the other way round',
      Buffer.from('\ufeffBEGIN:VCARD\r\nEND:VCARD', 'utf16le').swap16(),
      'text/vcard',
    ],
    ['vCard after blank lines', '\r\n\r\nbegin:vcard\r\n', 'text/vcard'],
    ['iCalendar', 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n', 'text/calendar'],
    ['iCalendar after a blank line', '\nBEGIN:VCALENDAR\n', 'text/calendar'],
  ])('knows %s', async (_, content, type) => {
    expect(await sniffContentType(await file(content))).toBe(type);
  });

  it.each<[string, Buffer | string]>([
    ['an empty file', ''],
    ['one byte', 'B'],
    ['plain text', 'Hello from the beach'],
    ['HTML', '<!doctype html><script>alert(1)</script>'],
    ['text that mentions a card', 'He wrote BEGIN:VCARD to me'],
    ['random bytes', Buffer.from('9f3c00e1aa55d2', 'hex')],
  ])('says null for %s', async (_, content) => {
    expect(await sniffContentType(await file(content))).toBeNull();
  });

  it.each<[string, Buffer]>([
    ['PNG', png],
    ['ZIP', zipEntry],
    ['MP4', ftyp('isom')],
    ['TIFF', Buffer.from('49492a00ffffff7fffff', 'hex')],
    ['gzip', Buffer.from('1f8b0800000000000003ffff', 'hex')],
    ['Matroska', Buffer.from('1a45dfa3ffffffffffffffff4282', 'hex')],
    ['ASF', Buffer.from('3026b2758e66cf11a6d900aa0062ce6cffffffffffffff7f', 'hex')],
    ['MP3 with a tag', Buffer.from('494433030000 7f7f7f7f'.replace(' ', ''), 'hex')],
  ])('does not fail on %s cut at any byte', async (_, content) => {
    for (let length = 0; length <= content.length; length++) {
      const type = await sniffContentType(await file(content.subarray(0, length)));
      expect(type === null || /^\w+\/[\w.+-]+$/.test(type)).toBe(true);
    }
  });

  it('fails on a file that is not there', async () => {
    await expect(sniffContentType(join(folder, 'absent'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});

async function file(content: Buffer | string): Promise<string> {
  const path = join(folder, 'file');
  await writeFile(path, content, typeof content === 'string' ? 'utf8' : null);
  return path;
}
