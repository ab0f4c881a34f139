import { timingSafeEqual } from 'node:crypto';

/**
 * Compares a secret with what a caller sent, in a time that depends on the length alone: how much of a
 * guess is right must not be measurable.
 */
export function equalInConstantTime(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
