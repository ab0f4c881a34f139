import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decodeBase64Text } from '../../../src/inbound/base64-text.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const LONG =
  'I am at the station already, where are you? The train is late again, see you at nine.';

describe('texts that a carrier encoded', () => {
  test.each([
    ['English', LONG],
    ['the shortest', 'I am at the station. Are you?!'],
    ['several lines', `Hello,\r\n\r\n${LONG}\n\tBye`],
    ['German', 'Käthe hört schöne Lieder über die Größe der Straßen in München und Köln.'],
    ['Arabic', 'أنا في المحطة الآن والقطار متأخر مرة أخرى، أراك في التاسعة مساء'],
    ['Hindi', 'मैं स्टेशन पर हूँ और ट्रेन फिर से देर से आ रही है, नौ बजे मिलते हैं'],
    ['Japanese, without spaces', '今、駅にいます。電車がまた遅れています。九時に会いましょう。'],
    ['Thai, without spaces', 'ตอนนี้ฉันอยู่ที่สถานีแล้วรถไฟมาสายอีกแล้วเจอกันตอนเก้าโมง'],
    ['emoji', `${LONG} 👩‍👩‍👧 ❤️`],
    ['figures', 'The code is 123456, valid until 10:30 on Monday the 5th.'],
  ])('%s', (_, text) => {
    expect(decodeBase64Text(base64(text))).toBe(text);
  });

  test('lines of 76 characters, and space around', () => {
    const lines = base64(LONG.repeat(3)).replace(/.{76}/g, '$&\r\n');
    expect(decodeBase64Text(` ${lines}\n`)).toBe(LONG.repeat(3));
  });

  test('a byte order mark is dropped', () => {
    expect(decodeBase64Text(base64(`\uFEFF${LONG}`))).toBe(LONG);
  });
});

describe('what only looks like it stays as it is', () => {
  test.each([
    ['nothing', ''],
    ['one word', 'Test'],
    ['words of four letters', 'abcdTestword'],
    ['a long word', 'Rindfleischetikettierungsueberwachungsaufgabenuebertragungsgesetz00'],
    ['laughter', 'haha'.repeat(20)],
    ['a scream', 'A'.repeat(80)],
    ['slashes', '/'.repeat(80)],
    ['a plain text', LONG],
    ['a text without spaces', LONG.replace(/[^A-Za-z]/g, '').slice(0, 64)],
    ['a short text in base64', base64('I am here now, you?')],
    ['a sentence without its end', base64(LONG).slice(0, -1)],
    ['missing padding', base64(`${LONG}!`).replace(/=+$/, '')],
    ['padding bits that no encoder writes', base64(LONG).replace(/g==$/, 'h==')],
    ['URL-safe base64', base64(`${LONG} ÿþÿþ>>>???`).replaceAll('/', '_').replaceAll('+', '-')],
    ['base64 with spaces in it', base64(LONG).replace(/.{20}/g, '$& ')],
    ['a web token', 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6IjEyMzQ1Njc4OTAifQ=='],
    ['JSON with spaces', base64('{ "user": "somebody", "is": "allowed to do all of this" }')],
    ['XML', base64('<assertion>somebody is allowed to do all of this</assertion>')],
    ['credentials', base64('Aladdin-the-administrator:open-sesame-please')],
    ['an address', base64('https://example.com/a/very/long/path/to/a/page.html')],
    ['a key', base64(`-----BEGIN PUBLIC KEY-----\n${base64(LONG)}\n`)],
    ['base64 in base64', base64(base64(LONG))],
    ['latin1', Buffer.from('Käthe hört schöne Lieder über die Größe', 'latin1').toString('base64')],
    ['UTF-16', Buffer.from(LONG, 'utf16le').toString('base64')],
    ['control characters', base64(`${LONG}\0\u001b[2J`)],
    ['replacement characters', base64(`${LONG}\uFFFD`)],
    ['private use characters', base64(`${LONG}\uE000`)],
    ['emoji alone', base64('👩‍👩‍👧'.repeat(20))],
    ['figures alone', base64('17 25 38 49 50 61 72 83 94 10 22 31 40')],
    ['random letters', base64('x7Kq-9fLm2 Zp4Rt8Vw1 Bn6Yc3Hd5 Gj0Sx2')],
  ])('%s', (_, body) => {
    expect(decodeBase64Text(body)).toBeNull();
  });

  test('hashes and random tokens of all lengths', () => {
    for (let n = 0; n < 5000; n += 1) {
      const hash = createHash('sha512').update(String(n));
      const token = randomBytes(30 + (n % 90)).toString('base64');
      expect(decodeBase64Text(hash.copy().digest('hex'))).toBeNull();
      expect(decodeBase64Text(hash.digest('base64'))).toBeNull();
      expect(decodeBase64Text(token)).toBeNull();
    }
  });

  test('bodies as large as a webhook may be take no time', () => {
    const begun = performance.now();
    expect(decodeBase64Text('A'.repeat(65_000))).toBeNull();
    expect(decodeBase64Text(base64('a'.repeat(48_000)))).toBeNull();
    expect(decodeBase64Text(base64('1 '.repeat(24_000)))).toBeNull();
    expect(decodeBase64Text(base64('ก'.repeat(16_000)))).toHaveLength(16_000);
    expect(decodeBase64Text(`${'\n'.repeat(60_000)}x`)).toBeNull();
    expect(decodeBase64Text(base64('hello dear world '.repeat(2800)))).not.toBeNull();
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});
