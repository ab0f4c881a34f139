import { strings } from '../strings.ts';
import type { Filter } from './filter.ts';

// What people type into a search field or the filter, read as what the API takes.

const CHANNEL = /^[a-z]{1,20}:[\x21-\x7e]{1,90}$/;
/** An alphanumeric sender id. */
const NAME = /^(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}$/;
const NUMBER = /^[+\d(][\d\s().\-/]*$/;
const SHA256 = /^[0-9a-f]{64}$/i;
const MOST_WORDS = 10;
const MOST_CHARACTERS = 200;

/**
 * A phone number as messages have it, `+15551234567`; null for anything else. Ten digits without a country code
 * are taken for a North American number.
 */
export function readNumber(text: string): string | null {
  const written = text.trim();
  if (!NUMBER.test(written)) return null;
  const digits = written.replaceAll(/\D/g, '').replace(/^00/, '');
  const isInternational = /^(\+|00)/.test(written);
  if (isInternational) return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : null;
  if (digits.length === 10) return `+1${digits}`;
  return /^[1-9]\d{10,14}$/.test(digits) ? `+${digits}` : null;
}

/** A sender or recipient as messages have it: a number, a short code, the address of a channel, a name; or null. */
export function readAddress(text: string): string | null {
  const written = text.trim();
  const number = readNumber(written);
  if (number !== null) return number;
  const isOther = [/^\d{3,8}$/, CHANNEL, NAME].some((form) => form.test(written));
  return isOther ? written : null;
}

/** A SHA-256 in small letters, or null. */
export function readHash(text: string): string | null {
  const written = text.trim();
  return SHA256.test(written) ? written.toLowerCase() : null;
}

/** Whether the API takes these words. */
export function isSearchable(text: string): boolean {
  const words = text.trim().split(/\s+/u);
  return text.length <= MOST_CHARACTERS && words.length <= MOST_WORDS;
}

/** What a text in the search field may mean. */
export interface Meaning {
  /** What it adds to the filter. */
  adds: Filter;
  /** For people: what it is, and what was typed. */
  label: readonly string[];
}

/** What a text in the search field may mean, the likeliest first; nothing for an empty one. */
export function meaningsOf(text: string): Meaning[] {
  const written = text.trim();
  if (written === '') return [];
  const words: Meaning = { adds: { text: written }, label: strings.find.asWords(written) };
  const sha256 = readHash(written);
  if (sha256 !== null) return [{ adds: { sha256 }, label: strings.find.asHash(sha256) }, words];
  const address = readNumber(written) ?? (CHANNEL.test(written) ? written : null);
  if (address === null) return [words];
  return [
    { adds: { from: address }, label: strings.find.asFrom(address) },
    { adds: { to: address }, label: strings.find.asTo(address) },
    words,
  ];
}
