import { Router } from 'express';
import { pino } from 'pino';
import supertest from 'supertest';
import { beforeEach, expect, test } from 'vitest';
import { AppError } from '../../../src/errors/app-error.ts';
import { BlobStoreError } from '../../../src/files/blob-store-error.ts';
import { createRequestLog } from '../../../src/http/request-log.ts';
import { LOG_SERIALIZERS } from '../../../src/monitoring/logger.ts';
import { createApp } from '../../../src/server/app.ts';
import { sendTwilioError } from '../../../src/twilio-api/twilio-api-router.ts';

const lines: Record<string, unknown>[] = [];
const log = pino(
  { base: null, serializers: LOG_SERIALIZERS },
  { write: (line: string) => void lines.push(JSON.parse(line)) },
);
beforeEach(() => void lines.splice(0));

function callOf(thrown: Error) {
  const fail = () => {
    throw thrown;
  };
  const routers = [
    Router().get('/api/v1/messages', fail),
    Router().get('/2010-04-01/Messages.json', fail).use('/2010-04-01', sendTwilioError),
  ];
  const app = createApp({ requestLog: createRequestLog(log), trustProxy: false, routers });
  return (path: string) => supertest(app).get(path);
}

/** As Prisma throws it. */
function prismaError(code: string, message: string, meta = {}): Error {
  const error = new Error(message);
  return Object.assign(error, { name: 'PrismaClientKnownRequestError', code, meta });
}

const ended = 'Connection terminated unexpectedly';
test.each<[string, Error]>([
  ['a server that refuses connections', prismaError('P1001', "Can't reach database server")],
  ['a host that is gone', prismaError('EHOSTUNREACH', 'connect EHOSTUNREACH 10.0.0.1:5432')],
  ['a name that is not resolved now', prismaError('EAI_AGAIN', 'getaddrinfo EAI_AGAIN database')],
  [
    'a connection that timed out',
    prismaError('P1008', 'Operation has timed out', {
      driverAdapterError: { name: 'DriverAdapterError', cause: { kind: 'SocketTimeout' } },
    }),
  ],
  ['a connection that ended', new Error(ended)],
  ['no connection in time', new Error('timeout exceeded when trying to connect')],
])('%s: 503 that says so, and one line without a stack', async (_name, thrown) => {
  const call = callOf(thrown);
  const { body, headers } = await call('/api/v1/messages').expect(503);
  expect(body).toMatchObject({
    code: 'unavailable',
    detail: 'The database cannot be reached. Try again soon.',
  });
  expect(headers['retry-after']).toBe('5');
  const twilio = await call('/2010-04-01/Messages.json').expect(503);
  expect(twilio.body).toMatchObject({ code: 20503, status: 503 });
  const line = { level: 50, msg: 'request errored', problem: 'the database cannot be reached' };
  expect(lines).toMatchObject([line, line]);
  expect(JSON.stringify(lines)).not.toContain('stack');
});

test('a bucket that does not answer is noted in the line of the request, without a stack', async () => {
  const cause = new BlobStoreError('SlowDown', 'The bucket asks to slow down');
  const thrown = new AppError('unavailable', 'The bytes of this media item cannot be read.', {
    cause,
  });
  await callOf(thrown)('/api/v1/messages').expect(503);
  expect(lines).toMatchObject([{ level: 50, msg: 'request errored', problem: cause.message }]);
  expect(JSON.stringify(lines)).not.toContain('stack');
});

test.each<[string, Error]>([
  ['a bug', new TypeError('undefined is not a function')],
  ['a statement that is wrong', prismaError('P2010', 'syntax error at or near "SELEKT"')],
  ['a statement that takes too long', new Error('Query read timeout')],
  ['another network trouble', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
])('%s: 500, and a line with the stack', async (_name, thrown) => {
  const { body } = await callOf(thrown)('/api/v1/messages').expect(500);
  expect(body.code).toBe('internal');
  expect(lines).toMatchObject([
    { level: 50, msg: 'request failed', err: { stack: expect.stringContaining(thrown.message) } },
    { level: 50, msg: 'request errored' },
  ]);
});
