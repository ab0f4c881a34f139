import chardet from 'chardet';

/** How many bytes are examined to detect the encoding. */
const SAMPLE_BYTES = 64 * 1024;
/** Below this confidence, chardet's guess is no better than the web's default encoding. */
const MIN_CONFIDENCE = 20;
const WEB_DEFAULT = 'windows-1252';

/**
 * Decodes a text of unknown encoding. In this order: byte order mark; UTF-16 without one, recognized by its
 * high bytes; ISO-2022-JP by its escape sequences; UTF-8; otherwise chardet's guess. Invalid bytes become
 * U+FFFD; the bytes may end within a character, and some phones end a text in NUL. Linear in their number.
 *
 * @returns the text without byte order mark, and the encoding as the WHATWG names it
 *   (https://encoding.spec.whatwg.org/#names-and-labels); null when the bytes are not text
 */
export function decodeText(bytes: Uint8Array): { text: string; encoding: string } | null {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const decoder = new TextDecoder(
    markedEncoding(bytes) ??
      unmarkedUtf16(sample) ??
      escapedJapanese(sample) ??
      (isUtf8(sample) ? 'utf-8' : guess(sample)),
  );
  // With `stream`, an unfinished character at the end is dropped and does not become U+FFFD.
  const text = withoutNulsAtEnd(decoder.decode(bytes, { stream: true }));
  return looksLikeText(text) ? { text, encoding: decoder.encoding } : null;
}

function markedEncoding([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return null;
}

/**
 * UTF-16 text in one alphabet has the same high byte in most pairs: zero for Latin; for other alphabets their
 * own, such as 4 for Cyrillic, and zero for blanks and line ends.
 */
function unmarkedUtf16(sample: Uint8Array): string | null {
  if (sample.length % 2) return null;
  let pairs = sample.length / 2;
  // NULs at the end are not part of the text.
  while (pairs > 0 && sample[2 * pairs - 1] === 0 && sample[2 * pairs - 2] === 0) pairs -= 1;
  if (pairs === 0) return null;
  const even = new Uint32Array(256);
  const odd = new Uint32Array(256);
  for (const [index, byte] of sample.subarray(0, 2 * pairs).entries()) {
    const counts = index % 2 ? odd : even;
    counts[byte] = (counts[byte] ?? 0) + 1;
  }
  if (isHighByte(odd, pairs) && (even[0] ?? 0) <= pairs / 50) return 'utf-16le';
  if (isHighByte(even, pairs) && (odd[0] ?? 0) <= pairs / 50) return 'utf-16be';
  return null;
}

/** Whether these byte counts look like UTF-16 high bytes; single-byte text has hardly any below 9. */
function isHighByte(counts: Uint32Array, pairs: number): boolean {
  const [zeros = 0, ...alphabets] = counts.subarray(0, 9);
  return zeros > pairs / 2 || zeros + Math.max(...alphabets) > pairs * 0.95;
}

/** ISO-2022-JP is all ASCII bytes; two-byte characters stand between escape sequences [RFC 1468]. */
function escapedJapanese(sample: Uint8Array): string | null {
  const text = Buffer.from(sample).toString('latin1');
  const isEscaped = text.includes('\x1b$B') || text.includes('\x1b$@');
  return isEscaped && !/[\x80-\xff]/.test(text) ? 'iso-2022-jp' : null;
}

function withoutNulsAtEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\0') end -= 1;
  return text.slice(0, end);
}

/**
 * Some damage is tolerated, because phones fold lines and truncate texts within a character; but then valid
 * multi-byte characters are required. Otherwise `Café` in Latin-1 would pass as truncated UTF-8.
 */
function isUtf8(sample: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(sample);
  const sound = count(text, /[^\0-\x7f\ufffd]/gu);
  const damaged = count(text, /\ufffd(?!$)/g);
  return sound >= 2 * damaged && (sound > 0 || !text.endsWith('\ufffd'));
}

function guess(sample: Uint8Array): string {
  for (const { name, confidence } of chardet.analyse(sample)) {
    // UTF-8 is already ruled out; TextDecoder does not support UTF-32.
    if (confidence < MIN_CONFIDENCE || /^(ASCII|UTF-|ISO-2022-[CK])/.test(name)) continue;
    return name;
  }
  return WEB_DEFAULT;
}

/** Text has no NUL, and only few other control characters and replacement characters. */
function looksLikeText(text: string): boolean {
  const head = text.slice(0, SAMPLE_BYTES);
  if (head.includes('\0')) return false;
  const controls = count(head, /(?!\s)\p{Cc}/gu);
  const damaged = count(head, /\ufffd/g);
  return controls <= head.length / 50 && damaged <= head.length / 10;
}

function count(text: string, pattern: RegExp): number {
  let found = 0;
  for (const _ of text.matchAll(pattern)) found += 1;
  return found;
}
