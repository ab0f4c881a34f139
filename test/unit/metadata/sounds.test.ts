import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { metadataOf } from '../../../src/metadata/strip-metadata.ts';
import { fixturePath } from '../../support/fixtures.ts';
import { findNeedles, SERIAL } from '../../support/metadata-files.ts';
import { stripBytes } from '../../support/strip-bytes.ts';

/** An ID3v2 tag with a text. */
function id3(text: string): Buffer {
  const body = Buffer.concat([
    Buffer.from('TXXX\0\0\0\x20\0\0\x01', 'latin1'),
    Buffer.from(text, 'utf16le'),
  ]);
  const head = Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1');
  head.writeUInt8(body.length >> 7, 8);
  head.writeUInt8(body.length & 127, 9);
  return Buffer.concat([head, body]);
}

const frames = (mp3: Buffer) => mp3.subarray(mp3.indexOf(Buffer.from([0xff, 0xf3])));

test('an MP3 loses the tags before and after its frames', async () => {
  const mp3 = frames(await readFile(fixturePath('audio.mp3')));
  const cover = Buffer.from('ffd8ffe0fff344c4ffe1', 'hex');
  const ape = Buffer.concat([
    Buffer.from('APETAGEX'),
    Buffer.from(SERIAL),
    cover,
    Buffer.alloc(300),
  ]);
  const id3v1 = Buffer.concat([Buffer.from(`TAG${SERIAL}`), Buffer.alloc(112)]);
  const original = Buffer.concat([id3(SERIAL), id3(SERIAL), mp3, ape, id3v1]);
  const stripped = await stripBytes(original, 'audio/mpeg');
  expect(findNeedles(original)).toBeGreaterThan(0);
  expect(findNeedles(stripped)).toBe(0);
  expect(stripped.equals(mp3)).toBe(true);
});

describe('an MP3 that was cut short, and tagged then, loses the frame that reaches into', () => {
  const cutShort = async () => {
    const mp3 = frames(await readFile(fixturePath('audio.mp3')));
    // Half of the last frame.
    const whole = mp3.subarray(0, mp3.lastIndexOf(Buffer.from([0xff, 0xf3])));
    return { whole, cut: mp3.subarray(0, Math.floor((whole.length + mp3.length) / 2)) };
  };
  const footer = (length: number, flags: number) => {
    const bytes = Buffer.alloc(32);
    bytes.write('APETAGEX', 'latin1');
    bytes.writeUInt32LE(2000, 8);
    bytes.writeUInt32LE(length + 32, 12);
    bytes.writeUInt32LE(flags, 20);
    return bytes;
  };
  const text = Buffer.from(SERIAL.repeat(40));

  test.each([
    ['ID3v1', Buffer.concat([Buffer.from(`TAG${SERIAL}`), Buffer.alloc(112)])],
    [
      'APE',
      Buffer.concat([footer(text.length, 0xa0000000), text, footer(text.length, 0x80000000)]),
    ],
    ['APE without a header', Buffer.concat([text, footer(text.length, 0)])],
    ['Lyrics3', Buffer.concat([Buffer.from('LYRICSBEGIN'), text, Buffer.from('000531LYRICS200')])],
    ['the tag of what was appended', Buffer.concat([id3(SERIAL), text])],
  ])('%s', async (_, tag) => {
    const { whole, cut } = await cutShort();
    const original = Buffer.concat([cut, tag]);
    expect(findNeedles(original)).toBeGreaterThan(0);
    expect((await stripBytes(original, 'audio/mpeg')).equals(whole)).toBe(true);
  });
});

test('AAC in ADTS loses its tags', async () => {
  // Frames of 16 bytes: 7 of the header [ISO/IEC 14496-3, 1.A.2].
  const frame = Buffer.concat([Buffer.from('fff150800000fc', 'hex'), Buffer.alloc(9, 0x21)]);
  frame.writeUInt8(16 >> 3, 4);
  frame.writeUInt8(((16 & 7) << 5) | 0x1f, 5);
  const sound = Buffer.concat([frame, frame, frame]);
  const original = Buffer.concat([id3(SERIAL), sound, Buffer.from(`TAG${SERIAL}`)]);
  expect((await stripBytes(original, 'audio/aac')).equals(sound)).toBe(true);
});

test('a WAV keeps its format and samples', async () => {
  const wav = await readFile(fixturePath('audio.wav'));
  const list = Buffer.concat([
    Buffer.from('LIST\x11\0\0\0', 'latin1'),
    Buffer.from(`INFO${SERIAL}\0`),
  ]);
  const original = Buffer.concat([
    wav.subarray(0, 12),
    list,
    wav.subarray(12),
    Buffer.from(SERIAL),
  ]);
  original.writeUInt32LE(wav.length - 8 + list.length, 4);
  const stripped = await stripBytes(original, 'audio/wav');
  expect(findNeedles(original)).toBeGreaterThan(0);
  expect(findNeedles(stripped)).toBe(0);
  const data = wav.subarray(wav.indexOf('data'));
  expect(stripped.subarray(-data.length).equals(data)).toBe(true);
});

test.each([
  ['image/jpeg', 'removable'],
  ['video/quicktime', 'removable'],
  ['text/vcard', 'none'],
  ['audio/amr', 'none'],
  ['image/tiff', 'unknown'],
  ['image/x-adobe-dng', 'unknown'],
  ['application/pdf', 'unknown'],
  ['video/webm', 'unknown'],
  ['audio/ogg', 'unknown'],
  ['application/octet-stream', 'unknown'],
  ['constructor', 'unknown'],
  [null, 'unknown'],
])('metadata of %s are %s', (contentType, expected) => {
  expect(metadataOf(contentType)).toBe(expected);
});
