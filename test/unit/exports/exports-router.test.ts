import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ALL_WORK } from '../../../src/auth/api-keys.ts';
import { createOpenArchive } from '../../../src/exports/export-archive.ts';
import { createExports } from '../../../src/exports/exports.ts';
import { createDownloadLimit, createExportsRouter } from '../../../src/exports/exports-router.ts';
import { createIdempotency } from '../../../src/http/idempotency.ts';
import { sendProblem } from '../../../src/http/problem.ts';
import { createLogger } from '../../../src/monitoring/logger.ts';
import { type ExportedFiles, openExportedFiles } from '../../support/exported-files.ts';
import { canSeeOpenFiles, countOpenFiles } from '../../support/open-files.ts';
import { eventually } from '../../support/test-inbox.ts';
import { openTestQueue, type TestQueue } from '../../support/test-queue.ts';

// More than the operating system takes from a server whose client does not read.
const BYTES = 20_000_000;

let opened: TestQueue;
let exported: ExportedFiles;
let server: Server;
beforeAll(async () => {
  opened = await openTestQueue();
  exported = await openExportedFiles(opened);
  const { database, queue } = opened;
  const app = express();
  const log = createLogger('silent');
  app.use((request, response, next) => {
    request.log = log;
    response.locals.caller = {
      keyId: null,
      secretHash: '',
      name: 'ada',
      role: 'moderator',
      work: ALL_WORK,
    };
    next();
  });
  app.use(
    createExportsRouter(() => (_request, _response, next) => next(), {
      exports: createExports(database, queue),
      openArchive: createOpenArchive({ database, blobs: exported.blobs, log }),
      idempotency: createIdempotency(database),
      stallMs: 1000,
    }),
  );
  app.use(sendProblem);
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  await opened.close();
});

test('a client that reads nothing is hung up on, and one caller has four downloads at once', async () => {
  const { sid } = await exported.store(randomBytes(BYTES));
  const { id } = await exported.createExport([sid], { state: 'ready' });
  const { port } = server.address() as AddressInfo;
  const path = `/api/v1/exports/${id}/archive`;
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(socket, 'readable');
    return socket;
  };
  const sockets = await Promise.all([open(), open(), open(), open()]);
  const refused = await fetch(`http://127.0.0.1:${port}${path}`);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');

  await eventually(async () => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    const { byteLength } = await answer.arrayBuffer();
    expect(answer.status).toBe(200);
    expect(byteLength).toBeGreaterThan(BYTES);
  });
  for (const socket of sockets) socket.destroy();
  if (!canSeeOpenFiles) return;
  await eventually(async () => expect(await countOpenFiles(exported.folder)).toBe(0));
});

test('all callers together have sixteen downloads at once', async () => {
  const limit = createDownloadLimit();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const callers = Array.from({ length: 16 }, (_, n) => `caller ${n}`);
  const running = callers.map((caller) => limit(caller, () => ended));
  const refused = limit('one more', async () => undefined);
  await expect(refused).rejects.toMatchObject({ code: 'unavailable' });
  end();
  await Promise.all(running);
  await limit('one more', async () => undefined);
});
