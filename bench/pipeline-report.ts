import type { Waits } from './pipeline-latency.ts';
import type { CountsPerMedia, ProcessorSeconds, Round } from './pipeline-rounds.ts';
import type { MemoryPeaks } from './process-memory.ts';
import { median } from './statistics.ts';

/** All that was measured of the server on one database. */
export interface Measured {
  rounds: Round[];
  alone: Waits;
  halfRate: Waits;
  answers: Waits;
  memory: MemoryPeaks;
  counts: CountsPerMedia;
}

export function reportPipeline(bare: readonly Round[], servers: Map<string, Measured>): void {
  const bareRates = bare.map(perSecond);
  const names = [...servers];
  console.table([
    { '': 'bare loop', 'media/s': round(median(bareRates), 1) },
    ...names.map(([name, { rounds }]) => {
      // Each round against the one beside it: what slows the machine slows both.
      const ratios = rounds.map((own, n) => perSecond(own) / (bareRates[n] ?? Number.NaN));
      return {
        '': name,
        'media/s': round(median(rounds.map(perSecond)), 1),
        'to the bare loop': round(median(ratios), 2),
        lowest: round(Math.min(...ratios), 2),
        highest: round(Math.max(...ratios), 2),
      };
    }),
  ]);
  console.log('processor milliseconds for each attachment, medians');
  console.table([
    { '': 'bare loop', ...processorRow(bare) },
    ...names.map(([name, { rounds }]) => ({ '': name, ...processorRow(rounds) })),
  ]);
  console.log('for each attachment, its share of the message and of polling included');
  console.table(names.map(([name, { counts }]) => ({ '': name, ...countsRow(counts) })));
  for (const [name, { counts }] of names) {
    if (counts.bytes === undefined) continue;
    const { wal, kept, events, jobs, thumbnails } = counts.bytes;
    console.log(
      `bytes for each attachment on ${name}: ${round(wal)} of the write-ahead log; of tables ${round(kept)} kept, ` +
        `${round(events)} of events, ${round(jobs)} of jobs; of thumbnails ${round(thumbnails)}`,
    );
  }
  console.log('milliseconds: from webhook to stored, and of answers while the server is busy');
  console.table(
    names.map(([name, { alone, halfRate, answers }]) => ({
      '': name,
      'alone p50': round(alone.p50),
      'alone p99': round(alone.p99),
      'at half the rate p50': round(halfRate.p50),
      'at half the rate p99': round(halfRate.p99),
      'answers p50': round(answers.p50),
      'answers p99': round(answers.p99),
    })),
  );
}

export function perSecond({ media, elapsed }: Round): number {
  return media / elapsed;
}

function processorRow(rounds: readonly Round[]) {
  const of = (part: keyof ProcessorSeconds) => {
    const values = rounds.flatMap(({ media, processor }) => {
      const seconds = processor[part];
      return seconds === null ? [] : [(seconds * 1000) / media];
    });
    return values.length === 0 ? '-' : round(median(values), 1);
  };
  const all = rounds.map(
    ({ media, processor }) =>
      (Object.values(processor).reduce((sum: number, seconds) => sum + (seconds ?? 0), 0) * 1000) /
      media,
  );
  return {
    'main thread': of('main'),
    'embedded database': of('embeddedDatabase'),
    'other threads': of('otherThreads'),
    decoders: of('decoders'),
    PostgreSQL: of('postgres'),
    'all of them': round(median(all), 1),
  };
}

function countsRow({ statements, commits, reading, fileSyncs, databaseSyncs }: CountsPerMedia) {
  return {
    'statements without BEGIN, COMMIT': round(statements, 1),
    'commits of what was written': round(commits, 2),
    'transactions that only read': round(reading, 2),
    'syncs by the server of files and folders': round(fileSyncs, 1),
    'syncs of the database': Number.isNaN(databaseSyncs) ? '-' : round(databaseSyncs, 1),
  };
}

export function round(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}

export function mebibytes(bytes: number): number {
  return Math.round(bytes / 1024 ** 2);
}
