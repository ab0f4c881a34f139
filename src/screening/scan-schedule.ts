import type { ScanError } from './ask-classifier.ts';

/** From the first failure to the next question about the same file. */
export const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * How often it is asked about one file by itself. What it says of a file it will say again; a file that
 * breaks it may break it again; a refusal is mended in its configuration or in ours.
 */
const MOST_TRIES: Record<ScanError['kind'], number> = {
  file: 5,
  outage: 10,
  refused: Number.POSITIVE_INFINITY,
};

/**
 * When the classifier is asked again about a file.
 *
 * @param tries so far
 * @returns null when it is not asked again by itself
 */
export function nextScan(kind: ScanError['kind'], tries: number, now: Date): Date | null {
  if (tries >= MOST_TRIES[kind]) return null;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(tries, 20), LONGEST_PAUSE_MS);
  return new Date(now.getTime() + pause);
}
