import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createPacedWrite } from '../../../../src/events/stream/follow-events.ts';
import { ClientDisconnected } from '../../../../src/http/send-file.ts';
import { standIn } from '../../../support/stand-in-server.ts';

const PIECE = 'x'.repeat(64 * 1024);

/** Writes to a reader until that fails. @returns the pieces written before */
async function writeTo(
  readsOn: boolean,
  stallMs: number,
): Promise<{ pieces: number; error: unknown }> {
  const { promise, resolve } = Promise.withResolvers<{ pieces: number; error: unknown }>();
  const url = await standIn(async (_request, response) => {
    const write = createPacedWrite(response, stallMs);
    let pieces = 0;
    try {
      for (; pieces < 2000; pieces += 1) await write(PIECE);
      resolve({ pieces, error: null });
    } catch (error) {
      resolve({ pieces, error });
    }
  });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  if (readsOn) socket.resume();
  else socket.pause();
  return promise;
}

test('a reader that stops reading is given up after a while, with little written', async () => {
  const { pieces, error } = await writeTo(false, 200);
  expect(error).toBeInstanceOf(ClientDisconnected);
  // What the operating system holds for a connection, and no more.
  expect(pieces).toBeLessThan(500);
});

test('a reader that reads gets all', async () => {
  expect(await writeTo(true, 5000)).toEqual({ pieces: 2000, error: null });
});
