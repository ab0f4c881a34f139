import { flushCompileCache } from 'node:module';
import { workerData } from 'node:worker_threads';
import { AppError } from '../../errors/app-error.ts';
import { collectGarbage } from '../../lifecycle/collect-garbage.ts';
import { openDurablePglite } from './durable-pglite.ts';
import { EmbeddedDeath } from './embedded-death.ts';
import {
  REQUEST,
  RESPONSE,
  type RequestKind,
  type ResponseKind,
  type ThreadError,
} from './embedded-thread.ts';
import { createRespondingSide, MAX_BYTES } from './shared-channel.ts';

// The thread of the embedded database: embedded-thread.ts starts it and sends requests.

const { folder, memory } = workerData as { folder: string; memory: SharedArrayBuffer };
const channel = createRespondingSide<RequestKind, ResponseKind>(memory);
const NOTHING = new Uint8Array(0);
// The part of a response that has not been sent yet.
const held = new Uint8Array(MAX_BYTES);

try {
  const { pglite, close } = await openDurablePglite(folder);
  flushCompileCache();
  // This thread blocks between statements and allocates next to nothing on V8's heap: what is left of the
  // start, such as the file of PostgreSQL's code, would never be collected.
  collectGarbage();
  channel.respond(RESPONSE.done, NOTHING);
  for (let statement = nextStatement(); statement !== undefined; statement = nextStatement()) {
    let length = 0;
    const onRawData = (bytes: Uint8Array) => {
      for (let from = 0; from < bytes.length; ) {
        const part = bytes.subarray(from, from + MAX_BYTES - length);
        held.set(part, length);
        length += part.length;
        from += part.length;
        if (length === MAX_BYTES) sendPart();
      }
    };
    const sendPart = () => {
      channel.respond(RESPONSE.part, held.subarray(0, length));
      length = 0;
      channel.receive();
    };
    try {
      // With NODEFS there is nothing else to sync.
      await pglite.execProtocolRawStream(statement, { onRawData, syncToFs: false });
      channel.respond(RESPONSE.done, held.subarray(0, length));
    } catch (error) {
      // Send PostgreSQL's last messages first.
      sendPart();
      channel.respond(RESPONSE.failed, encode(error));
    }
  }
  await close();
  channel.respond(RESPONSE.done, NOTHING);
} catch (error) {
  channel.respond(RESPONSE.failed, encode(error));
}
// Blocks instead of exiting, because the exit event could arrive before the last response.
channel.receive();

/** Blocks until the next statement; undefined when the database is to be closed. */
function nextStatement(): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  for (;;) {
    const { kind, bytes } = channel.receive();
    if (kind === REQUEST.close) return undefined;
    parts.push(bytes);
    if (kind === REQUEST.statement) return parts.length === 1 ? bytes : Buffer.concat(parts);
    channel.respond(RESPONSE.part, NOTHING);
  }
}

/** Serializes an error as JSON, because its class and uncloneable values are lost between threads. */
function encode(error: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(toThreadError(error)));
}

function toThreadError(error: unknown): ThreadError {
  const { message, stack, cause } = Object(error) as Error;
  return {
    isDeath: error instanceof EmbeddedDeath,
    isUnavailable: error instanceof AppError,
    message: String(message ?? error).slice(0, 1000),
    stack: String(stack ?? '').slice(0, 4000),
    cause: cause === undefined ? null : toThreadError(cause),
  };
}
