import { Worker } from 'node:worker_threads';
import type { PGlite } from '@electric-sql/pglite';
import { AppError } from '../../errors/app-error.ts';
import { EmbeddedDeath } from './embedded-death.ts';
import { createAskingSide, createSharedChannel, MAX_BYTES, type Parcel } from './shared-channel.ts';

/** The one session of PostgreSQL in WebAssembly: bytes of the wire protocol in and out. */
export type EmbeddedSession = Pick<PGlite, 'waitReady' | 'execProtocolRawStream'>;

/** PostgreSQL in a thread of its own: the event loop goes on while a statement runs. */
export interface EmbeddedThread extends EmbeddedSession {
  /**
   * Ends it after what it was asked.
   *
   * @throws Error when what was to be synced at the end was not
   */
  close(): Promise<void>;
}

/** What the thread is asked: `part` of a statement that is too long for one parcel, `more` of an answer. */
export const ASK = { part: 0, statement: 1, more: 2, close: 3 } as const;
export type Ask = (typeof ASK)[keyof typeof ASK];

/** What it answers: `part`, go on; `done`, with the last bytes of the answer; `failed`, with a `ThreadError`. */
export const ANSWER = { part: 0, done: 1, failed: 2 } as const;
export type Answer = (typeof ANSWER)[keyof typeof ANSWER];

/** An error as it comes out of the thread. */
export interface ThreadError {
  isDeath: boolean;
  isUnavailable: boolean;
  message: string;
  stack: string;
  cause: ThreadError | null;
}

/**
 * Starts the thread, and opens the database of a folder in it.
 *
 * @throws what `openDurablePglite` throws
 */
export async function openEmbeddedThread(folder: string): Promise<EmbeddedThread> {
  const memory = createSharedChannel();
  const channel = createAskingSide<Ask, Answer>(memory);
  const worker = new Worker(new URL('./embedded-thread-main.ts', import.meta.url), {
    name: 'embedded-database',
    workerData: { folder, memory },
  });
  let end: Error | undefined;
  let failPending = (_error: Error) => {};
  function endWith(error: Error): void {
    end ??= new EmbeddedDeath(error);
    failPending(end);
  }
  // An exception that nobody caught, as when it has no memory left.
  worker.once('error', endWith);
  worker.once('exit', () => endWith(new Error('Its thread has ended')));

  /** @throws what it answers as `failed` */
  async function answerOf(parcel: Promise<Parcel<Answer>>): Promise<Parcel<Answer>> {
    const answer = await new Promise<Parcel<Answer>>((resolve, reject) => {
      if (end !== undefined) return reject(end);
      failPending = reject;
      parcel.then(resolve, reject);
    });
    if (answer.kind === ANSWER.failed) throw toError(JSON.parse(String(answer.bytes)));
    return answer;
  }

  async function run(statement: Uint8Array, onBytes: (bytes: Uint8Array) => void): Promise<void> {
    let from = 0;
    for (; statement.length - from > MAX_BYTES; from += MAX_BYTES) {
      await answerOf(channel.ask(ASK.part, statement.subarray(from, from + MAX_BYTES)));
    }
    let answer = await answerOf(channel.ask(ASK.statement, statement.subarray(from)));
    for (; answer.kind === ANSWER.part; answer = await answerOf(channel.ask(ASK.more, NOTHING))) {
      onBytes(answer.bytes);
    }
    onBytes(answer.bytes);
  }

  let last: Promise<unknown> = answerOf(channel.listen());
  /** One at a time, in the order of the calls. */
  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const own = last.then(task, task);
    last = own;
    return own;
  }

  const waitReady = last.then(() => undefined);
  try {
    await waitReady;
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return {
    waitReady,
    execProtocolRawStream: (statement, { onRawData }) => inTurn(() => run(statement, onRawData)),
    close: () =>
      inTurn(async () => {
        try {
          await answerOf(channel.ask(ASK.close, NOTHING));
        } finally {
          await worker.terminate();
        }
      }),
  };
}

const NOTHING = new Uint8Array(0);

function toError({ isDeath, isUnavailable, message, stack, cause }: ThreadError): Error {
  const reason = cause === null ? undefined : toError(cause);
  if (isDeath) return new EmbeddedDeath(reason);
  const error = isUnavailable
    ? new AppError('unavailable', message, { cause: reason })
    : new Error(message, { cause: reason });
  error.stack = stack;
  return error;
}
