import type { Logger } from 'pino';
import type { Database } from '../../database/database.ts';
import { createLoggedTask } from '../../database/logged-task.ts';
import { maskPhoneNumbers } from '../../monitoring/logger.ts';
import { PROCESS_NAME } from '../../monitoring/process-name.ts';
import type { RefusalCause } from './refusal-causes.ts';

/** A webhook that was refused. */
export interface Refusal {
  cause: RefusalCause;
  /** HTTP status of the answer. */
  status: number;
  /** What the signature doctor says about this request. */
  advice?: string;
}

export interface RefusalRecorder {
  /** Counts a refusal. Takes a look-up in memory: it is called for every request of a flood. */
  note(refusal: Refusal): void;
  /** Writes what was counted; resolves when that is done. */
  stop(): Promise<void>;
}

// One statement in this time, however many requests are refused.
const WRITE_EVERY_MS = 2000;
/** Texts kept for a cause in an hour: who forges requests can have a different one for each. */
const MAX_ADVICE = 10;
const MAX_LENGTH = 600;
const HOUR_MS = 3_600_000;

interface Group {
  cause: RefusalCause;
  /** Empty for none. */
  advice: string;
  status: number;
  count: number;
  /** Milliseconds of a monotonic clock. */
  firstAt: number;
  lastAt: number;
}

/** Counts refused webhooks in memory, by cause and advice, and adds them to the rows of the hour in the database. */
export function createRefusalRecorder(deps: { database: Database; log: Logger }): RefusalRecorder {
  const { prisma } = deps.database;
  let groups = new Map<string, Group>();
  const keepAdvice = createAdviceLimit();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  const stopping = new AbortController();

  function add({ cause, advice, status, count, firstAt, lastAt }: Group): void {
    const key = `${cause} ${advice}`;
    const group = groups.get(key) ?? { cause, advice, status, count: 0, firstAt, lastAt };
    group.count += count;
    group.status = status;
    group.firstAt = Math.min(group.firstAt, firstAt);
    group.lastAt = Math.max(group.lastAt, lastAt);
    groups.set(key, group);
  }

  const write = createLoggedTask(
    deps.log,
    {
      begins: 'refused webhooks cannot be recorded, retrying',
      ends: 'refused webhooks are recorded again',
    },
    async () => {
      const taken = [...groups.values()];
      groups = new Map();
      try {
        await insert(taken);
      } catch (error) {
        for (const group of taken) add(group);
        throw error;
      }
    },
  );

  async function insert(taken: readonly Group[]): Promise<void> {
    const now = performance.now();
    const rows = taken.map(({ firstAt, lastAt, ...group }) => ({
      ...group,
      first_age: (now - firstAt) / 1000,
      last_age: (now - lastAt) / 1000,
    }));
    // Times are the database's: the clocks of receivers may differ.
    await prisma.$executeRaw`
      INSERT INTO refused_webhook (hour, receiver, cause, advice, status, count, first_at, last_at)
      SELECT date_trunc('hour', now() - make_interval(secs => last_age), 'UTC'), ${PROCESS_NAME}, cause, advice, status,
        count, now() - make_interval(secs => first_age), now() - make_interval(secs => last_age)
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row (
        cause text, advice text, status int, count int, first_age float8, last_age float8
      )
      ON CONFLICT (hour, receiver, cause, advice) DO UPDATE SET
        status = excluded.status, count = refused_webhook.count + excluded.count,
        first_at = least(refused_webhook.first_at, excluded.first_at),
        last_at = greatest(refused_webhook.last_at, excluded.last_at)`;
  }

  function writeSoon(): void {
    if (timer !== undefined || writing !== undefined || stopping.signal.aborted) return;
    timer = setTimeout(() => {
      timer = undefined;
      writing = write(stopping.signal).finally(() => {
        writing = undefined;
        if (groups.size > 0) writeSoon();
      });
    }, WRITE_EVERY_MS);
  }

  return {
    note({ cause, status, advice = '' }) {
      const at = performance.now();
      add({ cause, advice: keepAdvice(cause, advice), status, count: 1, firstAt: at, lastAt: at });
      writeSoon();
    },
    async stop() {
      stopping.abort(new Error('the process is stopping'));
      clearTimeout(timer);
      await writing;
      if (groups.size > 0) await write(stopping.signal);
    },
  };
}

/** Leaves out texts beyond the first ten of a cause in an hour, and phone numbers in them. */
function createAdviceLimit(): (cause: RefusalCause, advice: string) => string {
  let hour = 0;
  const kept = new Map<RefusalCause, Set<string>>();
  return (cause, advice) => {
    if (advice === '') return advice;
    const current = Math.floor(Date.now() / HOUR_MS);
    if (current !== hour) {
      hour = current;
      kept.clear();
    }
    const texts = kept.get(cause) ?? new Set();
    kept.set(cause, texts);
    const text = maskPhoneNumbers(advice).slice(0, MAX_LENGTH).toWellFormed();
    if (!texts.has(text) && texts.size === MAX_ADVICE) return '';
    texts.add(text);
    return text;
  };
}
