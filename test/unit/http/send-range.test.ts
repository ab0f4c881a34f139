import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, expect, test } from 'vitest';
import { sendRange } from '../../../src/http/send-range.ts';

const STALL_MS = 100;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(byteSize: number, send: (response: express.Response) => Promise<void>) {
  const app = express();
  app.get('/', (request, response, next) => {
    const content = { byteSize, etag: 'a' };
    sendRange(request, response, content, STALL_MS, () => send(response)).catch(next);
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('content that takes long to make is not cut off', async () => {
  const pause = () => new Promise((resume) => setTimeout(resume, STALL_MS * 5));
  const url = await serve(4, async (response) => {
    await pause();
    response.write('be');
    await pause();
    response.end('st');
  });
  expect(await (await fetch(url)).text()).toBe('best');
});

test('a client that reads nothing is cut off', async () => {
  const bytes = Buffer.alloc(64 * 1024 ** 2);
  let closed: Promise<unknown> | undefined;
  const url = await serve(bytes.length, async (response) => {
    closed = once(response, 'close');
    response.end(bytes);
  });
  const answer = await fetch(url);
  await closed;
  await expect(answer.arrayBuffer()).rejects.toThrow();
});
