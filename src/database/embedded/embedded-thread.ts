import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PGlite } from '@electric-sql/pglite';
import { AppError } from '../../errors/app-error.ts';
import { moduleFile } from '../../lifecycle/project-files.ts';
import { EmbeddedDeath } from './embedded-death.ts';
import {
  createRequestingSide,
  createSharedChannel,
  MAX_BYTES,
  type Parcel,
} from './shared-channel.ts';

/** The single session of PostgreSQL in WebAssembly: bytes of the wire protocol in and out. */
export type EmbeddedSession = Pick<PGlite, 'waitReady' | 'execProtocolRawStream'>;

/** PostgreSQL in a separate thread, so that statements do not block the event loop. */
export interface EmbeddedThread extends EmbeddedSession {
  /**
   * Closes it after the pending statements.
   *
   * @throws Error when the final sync failed
   */
  close(): Promise<void>;
}

/** Requests to the thread: `part` of a statement that is too long for one parcel, `more` of a response. */
export const REQUEST = { part: 0, statement: 1, more: 2, close: 3 } as const;
export type RequestKind = (typeof REQUEST)[keyof typeof REQUEST];

/** Responses: `part`, to be continued; `done`, with the last bytes; `failed`, with a `ThreadError`. */
export const RESPONSE = { part: 0, done: 1, failed: 2 } as const;
export type ResponseKind = (typeof RESPONSE)[keyof typeof RESPONSE];

/** A serialized error from the thread. */
export interface ThreadError {
  isDeath: boolean;
  isUnavailable: boolean;
  message: string;
  stack: string;
  cause: ThreadError | null;
}

/**
 * Starts the thread and opens the database of a folder in it.
 *
 * @throws the errors of `openDurablePglite`
 */
export async function openEmbeddedThread(folder: string): Promise<EmbeddedThread> {
  const memory = createSharedChannel();
  const channel = createRequestingSide<RequestKind, ResponseKind>(memory);
  const worker = new Worker(moduleFile(import.meta.url, './embedded-thread-main'), {
    name: 'embedded-database',
    workerData: { folder, memory },
    // biome-ignore lint/style/noProcessEnv: what a thread has by default, too
    env: { ...process.env, ...compileCache() },
  });
  let end: Error | undefined;
  let failPending = (_error: Error) => {};
  function endWith(error: Error): void {
    end ??= new EmbeddedDeath(error);
    failPending(end);
  }
  // An uncaught exception, such as out of memory.
  worker.once('error', endWith);
  worker.once('exit', () => endWith(new Error('The database thread has exited')));

  /** @throws the error of a `failed` response */
  async function responseTo(parcel: Promise<Parcel<ResponseKind>>): Promise<Parcel<ResponseKind>> {
    const response = await new Promise<Parcel<ResponseKind>>((resolve, reject) => {
      if (end !== undefined) return reject(end);
      failPending = reject;
      parcel.then(resolve, reject);
    });
    if (response.kind === RESPONSE.failed) throw toError(JSON.parse(String(response.bytes)));
    return response;
  }

  async function run(statement: Uint8Array, onBytes: (bytes: Uint8Array) => void): Promise<void> {
    let from = 0;
    for (; statement.length - from > MAX_BYTES; from += MAX_BYTES) {
      await responseTo(channel.request(REQUEST.part, statement.subarray(from, from + MAX_BYTES)));
    }
    let response = await responseTo(channel.request(REQUEST.statement, statement.subarray(from)));
    for (
      ;
      response.kind === RESPONSE.part;
      response = await responseTo(channel.request(REQUEST.more, NOTHING))
    ) {
      onBytes(response.bytes);
    }
    onBytes(response.bytes);
  }

  let last: Promise<unknown> = responseTo(channel.listen());
  /** Runs one task at a time, in the order of the calls. */
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
          await responseTo(channel.request(REQUEST.close, NOTHING));
        } finally {
          await worker.terminate();
        }
      }),
  };
}

const NOTHING = new Uint8Array(0);

/**
 * For the environment of the thread: it does not inherit the compile cache, and without it Node's TypeScript
 * compiler takes 14 MB in it.
 */
function compileCache(): Record<string, string> {
  const folder = getCompileCacheDir();
  // Node adds a subfolder of its version.
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

function toError({ isDeath, isUnavailable, message, stack, cause }: ThreadError): Error {
  const reason = cause === null ? undefined : toError(cause);
  if (isDeath) return new EmbeddedDeath(reason);
  const error = isUnavailable
    ? new AppError('unavailable', message, { cause: reason })
    : new Error(message, { cause: reason });
  error.stack = stack;
  return error;
}
