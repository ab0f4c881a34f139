import { workerData } from 'node:worker_threads';
import { AppError } from '../../errors/app-error.ts';
import { openDurablePglite } from './durable-pglite.ts';
import { EmbeddedDeath } from './embedded-death.ts';
import { ANSWER, type Answer, ASK, type Ask, type ThreadError } from './embedded-thread.ts';
import { createAnsweringSide, MAX_BYTES } from './shared-channel.ts';

// The thread of the embedded database: src/database/embedded/embedded-thread.ts starts it, and asks.

const { folder, memory } = workerData as { folder: string; memory: SharedArrayBuffer };
const channel = createAnsweringSide<Ask, Answer>(memory);
const NOTHING = new Uint8Array(0);
// Of an answer, what is not handed over yet.
const held = new Uint8Array(MAX_BYTES);

try {
  const { pglite, close } = await openDurablePglite(folder);
  channel.answer(ANSWER.done, NOTHING);
  for (let statement = nextStatement(); statement !== undefined; statement = nextStatement()) {
    let length = 0;
    const onRawData = (bytes: Uint8Array) => {
      for (let from = 0; from < bytes.length; ) {
        const part = bytes.subarray(from, from + MAX_BYTES - length);
        held.set(part, length);
        length += part.length;
        from += part.length;
        if (length === MAX_BYTES) handOver();
      }
    };
    const handOver = () => {
      channel.answer(ANSWER.part, held.subarray(0, length));
      length = 0;
      channel.take();
    };
    try {
      // NODEFS has nothing else to sync.
      await pglite.execProtocolRawStream(statement, { onRawData, syncToFs: false });
      channel.answer(ANSWER.done, held.subarray(0, length));
    } catch (error) {
      // PostgreSQL's last words come first.
      handOver();
      channel.answer(ANSWER.failed, encode(error));
    }
  }
  await close();
  channel.answer(ANSWER.done, NOTHING);
} catch (error) {
  channel.answer(ANSWER.failed, encode(error));
}
// It does not end by itself: its end could be noticed before its last answer.
channel.take();

/** Waits for it; undefined when the database is to be closed. */
function nextStatement(): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  for (;;) {
    const { kind, bytes } = channel.take();
    if (kind === ASK.close) return undefined;
    parts.push(bytes);
    if (kind === ASK.statement) return parts.length === 1 ? bytes : Buffer.concat(parts);
    channel.answer(ANSWER.part, NOTHING);
  }
}

/** An error as JSON: its class, and what cannot be copied, do not go from thread to thread. */
function encode(error: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(tellable(error)));
}

function tellable(error: unknown): ThreadError {
  const { message, stack, cause } = Object(error) as Error;
  return {
    isDeath: error instanceof EmbeddedDeath,
    isUnavailable: error instanceof AppError,
    message: String(message ?? error).slice(0, 1000),
    stack: String(stack ?? '').slice(0, 4000),
    cause: cause === undefined ? null : tellable(cause),
  };
}
