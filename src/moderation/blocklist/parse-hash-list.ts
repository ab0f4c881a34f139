import type { BlocklistHash } from './blocklist-hash.ts';
import { parseHashLine } from './parse-hash-line.ts';
import { splitLines } from './split-lines.ts';

/** What a list had in it. */
export interface HashListReport {
  lines: number;
  /** How many hashes were taken. */
  taken: number;
  /** How many were there already, further up. */
  duplicates: number;
  /** How many lines could not be read. */
  bad: number;
  /** The first hundred of them, numbered from 1. */
  problems: { line: number; problem: string }[];
}

const MOST_PROBLEMS = 100;
// The embedded database works in this process: some 20 ms a batch, and then others have their turn.
const BATCH = 500;

/**
 * Reads a list of hashes, one a line; `parseHashLine` says how it is written. Nothing is kept of it but
 * which hashes there were, some 100 bytes each.
 *
 * @param source the file in pieces of any size; the next is asked for when the last was taken
 * @param take gets each hash once, up to 500 at a time
 * @throws what `source` and `take` throw
 */
export async function parseHashList(
  source: AsyncIterable<Uint8Array>,
  take: (hashes: readonly BlocklistHash[]) => Promise<void>,
): Promise<HashListReport> {
  const report: HashListReport = { lines: 0, taken: 0, duplicates: 0, bad: 0, problems: [] };
  const seen = new Set<string>();
  let batch: BlocklistHash[] = [];

  async function hand(): Promise<void> {
    report.taken += batch.length;
    const full = batch;
    batch = [];
    if (full.length > 0) await take(full);
  }

  for await (const lines of splitLines(source)) {
    for (const line of lines) {
      report.lines += 1;
      const parsed = line === null ? { problem: 'The line is too long' } : parseHashLine(line);
      if (parsed === null) continue;
      if ('problem' in parsed) {
        report.bad += 1;
        if (report.problems.length < MOST_PROBLEMS) {
          report.problems.push({ line: report.lines, problem: parsed.problem });
        }
      } else if (isNew(seen, parsed)) {
        batch.push(parsed);
        if (batch.length === BATCH) await hand();
      } else {
        report.duplicates += 1;
      }
    }
  }
  await hand();
  return report;
}

function isNew(seen: Set<string>, { kind, hash }: BlocklistHash): boolean {
  const before = seen.size;
  // One character a byte, and half the memory of the digits.
  seen.add(kind + Buffer.from(hash, 'hex').toString('latin1'));
  return seen.size > before;
}
