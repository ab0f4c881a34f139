import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FakeTwilioReport } from './fake-twilio.ts';
import { startHelperProcess } from './helper-process.ts';
import { sendAll } from './message-sender.ts';
import {
  ACCOUNT,
  DATABASE_NAME,
  type PipelineServer,
  POSTGRES_URL,
  startPipelineServer,
} from './pipeline-server.ts';
import { watchBackends } from './postgres-work.ts';
import { median } from './statistics.ts';
import { untilStored } from './stored-media.ts';

const MESSAGES = 150;
const WARM_UP = 20;

interface Round {
  /** Attachments stored a second, from the first webhook on. */
  rate: number;
  /** Processor time of the database for each attachment; NaN when the server is on another machine. */
  databaseMs: number;
}

/**
 * Receives pictures with one process, and fetches and previews them with several others, each of which decodes one at a
 * time, on PostgreSQL; in turns, so that what slows the machine slows all.
 *
 * @param counts numbers of processes, the smallest first
 * @returns rows for `console.table`
 */
export async function compareWorkers(
  counts: readonly number[],
  rounds: number,
): Promise<Record<string, string | number>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-bench-'));
  const twilio = startHelperProcess('fake-twilio.ts', [
    'mms',
    ACCOUNT.accountSid,
    ACCOUNT.authToken,
  ]);
  try {
    const report = (await twilio.ask()) as FakeTwilioReport;
    const receiver = await startPipelineServer('postgres', folder, report, 1);
    try {
      await receiver.restart({ ROLES: 'receiver' });
      const measured = counts.map((): Round[] => []);
      for (let round = 0; round < rounds; round += 1) {
        for (const [n, count] of counts.entries()) {
          measured[n]?.push(await measureRound(receiver, count));
        }
      }
      return counts.map((count, n) => rowOf(count, measured[n] ?? [], measured[0] ?? []));
    } finally {
      await receiver.close();
    }
  } finally {
    twilio.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureRound(receiver: PipelineServer, count: number): Promise<Round> {
  const workers = await receiver.startWorkers(count);
  try {
    // Decoders start with the first picture.
    await untilStored(receiver, await sendAll(receiver.sender.prepare(WARM_UP * count, 1)));
    const prepared = receiver.sender.prepare(MESSAGES, 1);
    const backends = await watchBackends(POSTGRES_URL, DATABASE_NAME);
    try {
      const sent = await sendAll(prepared);
      const storedAt = await untilStored(receiver, sent);
      const begun = Math.min(...sent.map(({ sentAt }) => sentAt));
      const seconds = await backends.stop();
      return {
        rate: (MESSAGES * 1000) / (Math.max(...storedAt) - begun),
        databaseMs: seconds === null ? Number.NaN : (seconds * 1000) / MESSAGES,
      };
    } finally {
      await backends.stop();
    }
  } finally {
    for (const worker of workers) await worker.stop();
  }
}

function rowOf(count: number, own: readonly Round[], first: readonly Round[]) {
  const ratios = own.map(({ rate }, round) => rate / (first[round]?.rate ?? Number.NaN));
  const digits = (value: number, amount: number) => Number(value.toFixed(amount));
  return {
    workers: count,
    'attachments/s': digits(median(own.map(({ rate }) => rate)), 1),
    'to one worker': digits(median(ratios), 2),
    range: `${digits(Math.min(...ratios), 2)} to ${digits(Math.max(...ratios), 2)}`,
    'ms of the database for each': digits(median(own.map(({ databaseMs }) => databaseMs)), 2),
  };
}
