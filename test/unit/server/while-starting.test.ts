import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import supertest from 'supertest';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWhileStarting } from '../../../src/server/while-starting.ts';

let opened: PromiseWithResolvers<RequestListener>;
let server: ReturnType<typeof createServer>;
beforeEach(async () => {
  opened = Promise.withResolvers();
  server = createServer(createWhileStarting(opened.promise));
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
});
afterEach(() => {
  vi.useRealTimers();
  server.closeAllConnections();
  server.close();
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

test('a server that starts is alive and not ready', async () => {
  expect((await supertest(url()).get('/healthz?from=probe').expect(200)).body).toEqual({
    status: 'ok',
  });
  const ready = await supertest(url()).get('/readyz').expect(503).expect('Retry-After', '5');
  expect(ready.body).toEqual({ status: 'not ready' });
});

test.each([
  ['get', '/api/v1/media'],
  ['post', '/api/v1/media'],
  ['get', '/metrics'],
  ['get', '/2010-04-01/Accounts/AC1/Messages.json'],
  ['get', '//'],
] as const)('%s %s is to be repeated', async (method, path) => {
  const { body } = await supertest(url())[method](path).expect(503).expect('Retry-After', '5');
  expect(body).toMatchObject({ status: 503, code: 'unavailable' });
});

test('a browser asks again by itself', async () => {
  const { text } = await supertest(url())
    .get('/')
    .set('Accept', 'text/html,*/*')
    .expect(503)
    .expect('Refresh', '5')
    .expect('Content-Type', /^text\/plain/);
  expect(text).toMatch(/starting/);
});

test.each(['/twilio/incoming', '/twilio/incoming/', '/Twilio/Incoming?number=1'])(
  'a webhook at %s waits for the end of the start, with its body',
  async (path) => {
    const arrived = new Promise((done) => server.once('request', done));
    const answer = supertest(url())
      .post(path)
      .type('form')
      .send({ MessageSid: 'MM1' })
      .expect(200)
      .then();
    await arrived;
    opened.resolve(async (request, response) => {
      response.end((await request.toArray()).join(''));
    });
    expect((await answer).text).toBe('MessageSid=MM1');
  },
);

test('a webhook that would wait too long is refused before Twilio gives up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const arrived = new Promise((done) => server.once('request', done));
  const answer = fetch(`${url()}/twilio/incoming`, { method: 'POST', body: 'MessageSid=MM1' });
  await arrived;
  vi.advanceTimersByTime(10_000);
  const { status, headers } = await answer;
  expect([status, headers.get('retry-after')]).toEqual([503, '5']);
});
