import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import express, { raw } from 'express';
import { expect, onTestFinished, test } from 'vitest';
import { sendProblem } from '../../../src/http/problem.ts';
import { bodyDeadline } from '../../../src/inbound/request-limits.ts';

test.each([
  ['never ends', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nBody=', 408],
  ['never begins', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n', 408],
  [
    'is here',
    'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nBody=',
    200,
  ],
])('a body that %s is answered, and its connection closed', async (_what, request, status) => {
  const app = express();
  app.post('/', bodyDeadline(100), raw({ type: () => true }), (_request, response) => {
    response.send('received');
  });
  app.use(sendProblem);
  const server = app.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(request);
  const answer = await text(socket);
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  if (status === 408) expect(answer).toContain('"code":"request_timeout"');
});
