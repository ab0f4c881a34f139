import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../../src/preview/kinds/decode-text.ts';
import { LINEAR_SECONDS, processorSeconds } from '../../../support/processor-time.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');
const JAPANESE = '1b2442 24332473244b2441244f 1b2842';
const RUSSIAN = 'cff0e8e2e5f22c20eae0ea20e4e5ebe03f';

describe('decodeText', () => {
  it.each<[string, Buffer, string, string]>([
    ['plain ASCII', latin1('a\r\nb\tc'), 'a\r\nb\tc', 'utf-8'],
    ['no bytes at all', latin1(''), '', 'utf-8'],
    ['UTF-8', Buffer.from('Grüße 👋'), 'Grüße 👋', 'utf-8'],
    ['UTF-8 with a mark', Buffer.from('\ufeffGrüße'), 'Grüße', 'utf-8'],
    ['UTF-8 cut in a character', Buffer.from('日本語').subarray(0, 8), '日本', 'utf-8'],
    ['UTF-16LE with a mark', utf16('\ufeffGrüße'), 'Grüße', 'utf-16le'],
    ['UTF-16BE with a mark', utf16('\ufeffGrüße').swap16(), 'Grüße', 'utf-16be'],
    ['UTF-16LE without a mark', utf16('Hello €'), 'Hello €', 'utf-16le'],
    ['UTF-16BE without a mark', utf16('Hello €').swap16(), 'Hello €', 'utf-16be'],
    [
      'UTF-16LE without a mark, Cyrillic',
      utf16('Привет, как дела?'),
      'Привет, как дела?',
      'utf-16le',
    ],
    ['UTF-16BE without a mark, Greek', utf16('Καλημέρα').swap16(), 'Καλημέρα', 'utf-16be'],
    ['UTF-16LE that ends in NUL', utf16('Hello\0'), 'Hello', 'utf-16le'],
    [
      'UTF-16BE with a mark that ends in NULs',
      utf16('\ufeffGrüße\0\0').swap16(),
      'Grüße',
      'utf-16be',
    ],
    ['ASCII that ends in NUL', latin1('Hello from a phone\0'), 'Hello from a phone', 'utf-8'],
    ['Latin-1 that ends in NULs', latin1('Grüße aus Köln\0\0\0'), 'Grüße aus Köln', 'windows-1252'],
    ['ISO-2022-JP', hex(JAPANESE), 'こんにちは', 'iso-2022-jp'],
    [
      'ISO-2022-JP between much ASCII',
      Buffer.concat([latin1(`${'x'.repeat(500)} `), hex(JAPANESE)]),
      `${'x'.repeat(500)} こんにちは`,
      'iso-2022-jp',
    ],
    ['Latin-1', latin1('Grüße aus Köln'), 'Grüße aus Köln', 'windows-1252'],
    ['Latin-1 that ends like cut UTF-8', latin1('Café'), 'Café', 'windows-1252'],
    ['Windows Cyrillic', hex(RUSSIAN), 'Привет, как дела?', 'windows-1251'],
  ])('reads %s', (_, bytes, text, encoding) => {
    expect(decodeText(bytes)).toEqual({ text, encoding });
  });

  it('stays with UTF-8 where a phone folded a line within a character', () => {
    const bytes = Buffer.concat([Buffer.from('Grüße aus Köln Straße '), hex('c3 0d0a20 bc')]);
    expect(decodeText(bytes)?.encoding).toBe('utf-8');
    expect(decodeText(bytes)?.text).toContain('Grüße aus Köln');
  });

  it.each<[string, Buffer]>([
    ['a NUL', latin1('abc\0d')],
    ['a NUL in UTF-16', utf16('\ufeffab\0c')],
    ['control characters', latin1('\x01\x02\x03abcdef')],
    ['NULs alone before noise', latin1('\0\0\x01\x02')],
    ['UTF-32', hex('fffe0000 61000000 62000000')],
    ['a PNG', hex('89504e470d0a1a0a0000000d49484452')],
    ['noise', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * i * 31 + i * 7) % 256))],
  ])('takes %s for no text', (_, bytes) => {
    expect(decodeText(bytes)).toBeNull();
  });

  it.each<[string, number]>([
    ['UTF-8', 0x61],
    ['no UTF-8', 0xe9],
    ['control characters', 0x80],
    ['NULs', 0],
  ])('reads 100 MB of %s in linear time', (_, byte) => {
    const bytes = Buffer.alloc(100_000_000, byte);
    expect(processorSeconds(() => decodeText(bytes))).toBeLessThan(LINEAR_SECONDS);
  });
});
