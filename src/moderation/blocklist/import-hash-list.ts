import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { recordAudit } from '../../audit/record-audit.ts';
import type { Database, Transaction } from '../../database/database.ts';
import { BlocklistKind, type Prisma } from '../../generated/prisma/client.ts';
import type { JobQueue } from '../../jobs/job-queue.ts';
import { type BlockOptions, countExisting, MAX_COUNTED, sendApply } from './block-hashes.ts';
import { addEntries, countEntries, type EntryTerms } from './blocklist-entries.ts';
import type { BlocklistHash } from './blocklist-index.ts';
import type { ImportedList } from './blocklist-schemas.ts';

/**
 * Adds a list of hashes of any length, in batches, between which other work can use the database. If it
 * stops half way, what was added stays, and the same list can be sent again.
 */
export type ImportHashList = (
  file: { path: string; size: number; sha256: string },
  terms: EntryTerms,
  options: BlockOptions,
) => Promise<ImportedList>;

export function createImportHashList({ prisma }: Database, queue: JobQueue): ImportHashList {
  return async ({ path, size, sha256 }, terms, { applyToExisting, dryRun }) => {
    const { actor, reasonCode, reason, policy } = terms;
    const act = { actor, target: randomUUID(), reasonCode, reason };
    const record = (tx: Transaction, after: Prisma.InputJsonObject) =>
      recordAudit(tx, [{ ...act, action: 'blocklist.upload', after }]);
    const first: BlocklistHash[] = [];
    let added = 0;
    let raised = 0;

    const file = createReadStream(path);
    async function add(hashes: readonly BlocklistHash[]) {
      const written = await prisma.$transaction(async (tx) => {
        // Recorded before all hashes are added: if it stops half way, the audit log says whose they are.
        if (first.length === 0) await record(tx, { policy, size, sha256 });
        return addEntries(tx, hashes, terms);
      });
      const fresh = written.filter(({ isNew }) => isNew).length;
      return { added: fresh, raised: written.length - fresh };
    }

    const report = await parseHashList(file, async (hashes) => {
      const counts = dryRun ? await countEntries(prisma, hashes, policy) : await add(hashes);
      added += counts.added;
      raised += counts.raised;
      // More than the maximum that is counted, so that `countExisting` detects too many.
      if (first.length <= MAX_COUNTED) first.push(...hashes.slice(0, MAX_COUNTED + 1));
    });

    const { taken, duplicates, bad, problems } = report;
    const counts = { added, raised, known: taken - added - raised, duplicates };
    if (taken > 0 && !dryRun) {
      await prisma.$transaction(async (tx) => {
        await record(tx, { ...counts, badLines: bad });
        if (applyToExisting) await sendApply(tx, queue, terms);
      });
    }
    const matchesExisting = await countExisting(prisma, first);
    const badLines = { count: bad, lines: problems };
    return { ...(dryRun ? { dryRun } : {}), ...counts, matchesExisting, badLines };
  };
}

/** The result of parsing a list. */
export interface HashListReport {
  lines: number;
  /** How many hashes were taken. */
  taken: number;
  /** How many repeated a hash of an earlier line. */
  duplicates: number;
  /** How many lines could not be read. */
  bad: number;
  /** The first hundred of them; lines are numbered from 1. */
  problems: { line: number; problem: string }[];
}

const MAX_PROBLEMS = 100;
// The embedded database runs one statement at a time: a batch takes some 20 ms, then other work gets a turn.
const BATCH = 500;

/**
 * Reads a list of hashes, one per line; `parseHashLine` describes the format. Only the set of hashes seen is
 * kept in memory, some 100 bytes each.
 *
 * @param source the file in chunks of any size; the next is read once the hashes of the last were taken
 * @param take is called with each hash once, up to 500 at a time
 * @throws what `source` and `take` throw
 */
export async function parseHashList(
  source: AsyncIterable<Uint8Array>,
  take: (hashes: readonly BlocklistHash[]) => Promise<void>,
): Promise<HashListReport> {
  const report: HashListReport = { lines: 0, taken: 0, duplicates: 0, bad: 0, problems: [] };
  const seen = new Set<string>();
  let batch: BlocklistHash[] = [];

  async function flush(): Promise<void> {
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
        if (report.problems.length < MAX_PROBLEMS) {
          report.problems.push({ line: report.lines, problem: parsed.problem });
        }
      } else if (isNew(seen, parsed)) {
        batch.push(parsed);
        if (batch.length === BATCH) await flush();
      } else {
        report.duplicates += 1;
      }
    }
  }
  await flush();
  return report;
}

function isNew(seen: Set<string>, { kind, hash }: BlocklistHash): boolean {
  const before = seen.size;
  // One character per byte: half the memory of the digits.
  seen.add(kind + Buffer.from(hash, 'hex').toString('latin1'));
  return seen.size > before;
}

type ParsedLine = BlocklistHash | { problem: string } | null;

const DIGITS = /^[0-9a-f]{64}$/i;

/**
 * Parses one line: `sha256:` or `pdq:` and 64 hex digits, in either case. Digits alone are refused: both
 * kinds of hash have 64, and a wrong guess would block nothing, unnoticed.
 *
 * @param line without its line ending
 * @returns null for a blank line and for a comment, which begins with `#`; a problem does not quote the line
 */
function parseHashLine(line: string): ParsedLine {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return null;
  if (DIGITS.test(text)) {
    return { problem: '64 digits may be a SHA-256 or a PDQ: write sha256: or pdq: before them' };
  }
  const [, prefix = '', digits = ''] = /^([a-z0-9]+):\s*(.*)$/is.exec(text) ?? [];
  const kind = Object.values(BlocklistKind).find((name) => name === prefix.toLowerCase());
  if (kind === undefined) return { problem: 'A line begins with sha256: or pdq:' };
  if (!DIGITS.test(digits))
    return { problem: `After ${kind}: come 64 hex digits and nothing else` };
  return { kind, hash: digits.toLowerCase() };
}

/** Longer than any line of a hash list; a file without line endings is not buffered in memory. */
const MAX_LENGTH = 1000;

/**
 * The lines of a text in UTF-8, split at LF and without a byte order mark, as many at once as end in a chunk
 * of it; `parseHashLine` trims the CR of CR LF. A line of more than 1,000 characters is null.
 *
 * @throws what `source` throws
 */
async function* splitLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<(string | null)[]> {
  const decoder = new TextDecoder();
  let rest = '';
  let isTooLong = false;
  for await (const chunk of source) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    const ended: (string | null)[] = lines.map((line) => (line.length > MAX_LENGTH ? null : line));
    if (isTooLong && ended.length > 0) ended[0] = null;
    isTooLong = rest.length > MAX_LENGTH || (isTooLong && ended.length === 0);
    if (isTooLong) rest = '';
    yield ended;
  }
  rest += decoder.decode();
  if (isTooLong) yield [null];
  else if (rest !== '') yield [rest];
}
