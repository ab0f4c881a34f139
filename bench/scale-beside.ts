import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { ACCOUNT, type Deployment, PUBLIC_URL } from './scale-deployment.ts';
import { median, quantile } from './statistics.ts';
import { startWebhookStream } from './webhook-stream.ts';

/** A reader's request, again and again, or something that is done once and followed to its end. */
export interface Act {
  name: string;
  isRead: boolean;
  run(): Promise<unknown>;
}

/** A row for `console.table`. */
interface Row {
  '': string;
  'answer ms': number;
  'statement ms': number;
  'webhooks p99 ms': number;
  'webhooks longest ms': number;
  /** What exceeds its limit. */
  over: string;
}

const MAX_WAIT_MS = 1000;
const MAX_STATEMENT_MS = 100;
/** A reader that pages as fast as it is answered. */
const READ_FOR_MS = 1500;

/**
 * Does one thing after the other, while ten webhooks a second arrive.
 *
 * A webhook may wait for a second. A statement that a reader causes may take 100 ms on the embedded database: others
 * wait for it.
 */
export async function measureBeside(
  { statementsFile, where }: Deployment,
  url: string,
  acts: readonly Act[],
): Promise<Row[]> {
  const stream = startWebhookStream({ ...ACCOUNT, baseUrl: url, publicUrl: PUBLIC_URL });
  const nothing = { name: 'nothing', isRead: true, run: () => setTimeout(READ_FOR_MS) };
  const rows: Row[] = [];
  try {
    for (const act of [nothing, ...acts]) {
      const { length } = await readFile(statementsFile);
      const startedAt = performance.now();
      const answers = await repeat(act);
      // At least a few are sent beside what takes no time.
      await setTimeout(300);
      const waits = await stream.waitsSince(startedAt);
      const longest = await longestStatement(statementsFile, length);
      const isSlow = act.isRead && where.databaseUrl === undefined && longest.ms > MAX_STATEMENT_MS;
      if (isSlow) console.error(`${act.name}: ${Math.round(longest.ms)} ms\n${longest.text}\n`);
      const over = [
        ...(isSlow ? ['statement'] : []),
        ...(Math.max(...waits) > MAX_WAIT_MS ? ['webhooks'] : []),
      ];
      rows.push({
        '': act.name,
        'answer ms': Math.round(median(answers)),
        'statement ms': Math.round(longest.ms),
        'webhooks p99 ms': Math.round(quantile(waits, 0.99)),
        'webhooks longest ms': Math.round(Math.max(...waits)),
        over: over.join(', '),
      });
    }
  } finally {
    await stream.stop();
  }
  return rows;
}

async function repeat({ isRead, run }: Act): Promise<number[]> {
  const startedAt = performance.now();
  const answers: number[] = [];
  do {
    const askedAt = performance.now();
    await run();
    answers.push(performance.now() - askedAt);
  } while (isRead && performance.now() - startedAt < READ_FOR_MS);
  return answers;
}

/** Of those that were written down behind so many bytes; the queue's and the upkeep's own are left out. */
async function longestStatement(file: string, from: number): Promise<{ ms: number; text: string }> {
  const lines = (await readFile(file)).subarray(from).toString().split('\n');
  const statements = lines.flatMap((line): { ms: number; text: string }[] =>
    line === '' ? [] : [JSON.parse(line)],
  );
  return statements
    .filter(
      ({ text }) => !/pgboss|^\s*(VACUUM|ANALYZE|CHECKPOINT|BEGIN|COMMIT|ROLLBACK)/.test(text),
    )
    .reduce((most, one) => (one.ms > most.ms ? one : most), { ms: 0, text: '' });
}
