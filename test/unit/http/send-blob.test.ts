import { once } from 'node:events';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDiskBlobStore } from '../../../src/files/disk-blob-store.ts';
import { createSendBlob } from '../../../src/http/send-blob.ts';
import { oneAtATime } from '../../../src/server/app.ts';
import { eventually } from '../../support/test-inbox.ts';

const STALL_MS = 300;
// More than the operating system takes from a server whose client does not read.
const BYTES = 40_000_000;

let folder: string;
let server: Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-send-blob-'));
  await writeFile(join(folder, 'large'), '');
  await truncate(join(folder, 'large'), BYTES);
  const sendBlob = createSendBlob(await createDiskBlobStore(folder, () => 'test'), {
    stallMs: STALL_MS,
  });
  const app = express();
  app.use(oneAtATime);
  app.get('/large', (request, response) =>
    sendBlob(request, response, {
      key: 'large',
      byteSize: BYTES,
      etag: 'x',
      contentType: 'text/plain',
      cacheControl: 'no-store',
      embeddable: false,
    }),
  );
  app.get('/slow', async (_request, response) => {
    await setTimeout(3 * STALL_MS);
    response.send('slow');
  });
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

function ask(...paths: string[]): Socket {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  for (const path of paths) socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  return socket;
}

const connections = () =>
  new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));

test('a reader that takes nothing any more is hung up on', async () => {
  const socket = ask('/large');
  await eventually(async () => expect(await connections()).toBe(1));
  await eventually(async () => expect(await connections()).toBe(0), 5000);
  socket.destroy();
});

test('one that is slow gets everything, and the next answer may take its time', async () => {
  const socket = ask('/large', '/slow');
  let received = 0;
  let tail = '';
  while (!tail.endsWith('slow')) {
    await setTimeout(2);
    for (;;) {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) break;
      received += chunk.length;
      tail = chunk.toString('latin1').slice(-4);
    }
  }
  expect(received).toBeGreaterThan(BYTES);
  socket.destroy();
});
