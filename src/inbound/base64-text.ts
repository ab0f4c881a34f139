import { isUtf8 } from 'node:buffer';

// Some carriers hand over the text of a concatenated SMS as base64, and Twilio passes it on as `Body`
// (nyaruka/rapidpro, pull request 1187). No parameter says so, therefore it is decoded only when nothing
// else is plausible: the bytes are UTF-8, and they read as several words.

// 30 bytes. Random bytes of this length are printable ASCII once in 10^13 times.
const MIN_LENGTH = 40;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
// U+FFFD: the text was damaged before it was encoded. Private use and unassigned characters are not text.
const UNPRINTABLE = /(?![\t\n\r])[\p{Cc}\p{Co}\p{Cn}\uFFFD]/u;
// JSON, XML and keys in PEM format, as tokens and secrets contain them.
const STRUCTURED = /^\s*(?:[{[<]|-----BEGIN )/;
const WORD = /^[\p{L}\p{M}'’]{1,24}$/u;
const SPACE = /^\s+$/;
const MIN_WORDS = 5;
/** The part of the characters that are in words or between them. */
const MIN_SHARE = 0.6;
/** Characters that are read for words: enough to tell, and no work for a hostile sender. */
const SAMPLE = 1000;

/**
 * The text in a `Body` that a carrier encoded as base64, also with line breaks. It is decoded once: base64
 * in base64 is no text.
 *
 * @returns null unless it is certainly such a text: one word, a token, a hash, a key or encoded data is not
 */
export function decodeBase64Text(body: string): string | null {
  const encoded = body.trim().replace(/\r?\n/g, '');
  if (encoded.length < MIN_LENGTH || encoded.length % 4 !== 0 || !BASE64.test(encoded)) return null;
  const bytes = Buffer.from(encoded, 'base64');
  // Padding bits that are not zero: no encoder writes them.
  if (bytes.toString('base64') !== encoded || !isUtf8(bytes)) return null;
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  return isProse(text) ? text : null;
}

function isProse(text: string): boolean {
  if (UNPRINTABLE.test(text) || STRUCTURED.test(text)) return false;
  const sample = text.slice(0, SAMPLE);
  let words = 0;
  let characters = 0;
  // Languages without spaces between words are segmented by dictionaries.
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'word' }).segment(sample)) {
    const isWord = WORD.test(segment);
    if (isWord) words += 1;
    if (isWord || SPACE.test(segment)) characters += segment.length;
  }
  return words >= MIN_WORDS && characters >= sample.length * MIN_SHARE;
}
