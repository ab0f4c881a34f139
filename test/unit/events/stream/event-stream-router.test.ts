import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { ALL_WORK, type Caller } from '../../../../src/auth/api-keys.ts';
import type { Tickets } from '../../../../src/auth/tickets.ts';
import type { Database } from '../../../../src/database/database.ts';
import { createEventStreams } from '../../../../src/events/stream/event-stream-router.ts';
import { createResourceRouter } from '../../../../src/http/resource-router.ts';
import { eventually } from '../../../support/test-inbox.ts';

const ME: Caller = {
  keyId: null,
  secretHash: '',
  name: 'me',
  role: 'admin',
  work: ALL_WORK,
};

test('readers that hang up while their place is looked up leave room for others', async () => {
  const { promise: isFound, resolve: found } = Promise.withResolvers<null>();
  let looking = 0;
  const event = {
    findFirst() {
      looking += 1;
      return isFound;
    },
    findMany: async () => [],
  };
  const { routes, ticketGuard, end } = createEventStreams({
    database: { prisma: { event } } as unknown as Database,
    tickets: {} as Tickets,
    requireRole: () => (_request, response, next) => {
      response.locals.caller = ME;
      response.locals.signIn = {
        by: 'key',
        caller: ME,
        sessionId: null,
        isStillValid: async () => true,
      };
      next();
    },
  });
  const router = createResourceRouter(() => ticketGuard, routes);
  const server = createServer(express().use(router));
  let connections = 0;
  server.on('connection', (socket) => {
    connections += 1;
    socket.once('close', () => {
      connections -= 1;
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(async () => {
    end();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/events`;

  const leaving = new AbortController();
  // As many as there are places.
  for (let n = 0; n < 32; n += 1) {
    fetch(url, { signal: leaving.signal }).catch(() => undefined);
  }
  await eventually(async () => expect(looking).toBe(32));
  leaving.abort();
  await eventually(async () => expect(connections).toBe(0));
  found(null);
  const staying = new AbortController();
  onTestFinished(() => staying.abort());
  await eventually(async () => {
    expect((await fetch(url, { signal: staying.signal })).status).toBe(200);
  }, 5000);
});
