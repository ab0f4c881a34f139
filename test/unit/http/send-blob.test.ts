import { once } from 'node:events';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BlobStore } from '../../../src/files/blob-store.ts';
import { createDiskBlobStore } from '../../../src/files/disk-blob-store.ts';
import { createSendBlob } from '../../../src/http/send-blob.ts';
import { oneAtATime } from '../../../src/server/app.ts';
import { eventually } from '../../support/test-inbox.ts';

const STALL_MS = 300;
// More than the operating system takes from a server whose client does not read.
const BYTES = 40_000_000;

const LARGE = {
  key: 'large',
  byteSize: BYTES,
  etag: 'x',
  contentType: 'text/plain',
  cacheControl: 'no-store',
  embeddable: false,
};

let folder: string;
let server: Server;
/** Of requests for what is in a bucket. */
const failures: unknown[] = [];
let finished = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-send-blob-'));
  await writeFile(join(folder, 'large'), '');
  await truncate(join(folder, 'large'), BYTES);
  const disk = await createDiskBlobStore(folder, () => 'test');
  const sendBlob = createSendBlob(disk, { stallMs: STALL_MS });
  const bucket: BlobStore = {
    ...disk,
    isLocal: () => false,
    openRange: async () => hangsUpOnIdle(),
  };
  const sendObject = createSendBlob(bucket);
  const app = express();
  app.use(oneAtATime);
  app.get('/large', (request, response) => sendBlob(request, response, LARGE));
  app.get('/object', async (request, response) => {
    await sendObject(request, response, LARGE).catch((error) => failures.push(error));
    finished += 1;
  });
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

/** Bytes without end, from a connection that ends when nobody reads for a while, as the AWS SDK ends it. */
function hangsUpOnIdle(): Readable {
  const hangUp = () => {
    body.destroy(Object.assign(new Error('no byte for a while'), { name: 'TimeoutError' }));
  };
  let timer = globalThis.setTimeout(hangUp, STALL_MS);
  const body = new Readable({
    read() {
      clearTimeout(timer);
      timer = globalThis.setTimeout(hangUp, STALL_MS);
      body.push(Buffer.alloc(65_536));
    },
  });
  return body;
}

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

test('a reader for whom the bucket hangs up is one that disconnected, and no fault of the bucket', async () => {
  const socket = ask('/object');
  await eventually(async () => expect(finished).toBe(1), 10_000);
  expect(failures).toEqual([]);
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
