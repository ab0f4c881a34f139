import type { RequestListener } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { createEventSender } from '../../../../src/events/deliveries/send-event.ts';
import { newEndpointSecret } from '../../../../src/events/endpoints/endpoint-settings.ts';
import type { Resolve } from '../../../../src/net/guarded-connector.ts';
import { standIn } from '../../../support/stand-in-server.ts';

const never = new AbortController().signal;
const secret = newEndpointSecret();
const event = { secrets: [secret], eventId: 'evt_1', payload: '{"type":"media.stored"}' };

function sender(hosts: string[], timeoutMs?: number, resolve?: Resolve) {
  const made = createEventSender(new Set(hosts), timeoutMs, resolve);
  onTestFinished(() => made.close());
  return made;
}

async function sendTo(listener: RequestListener, timeoutMs?: number) {
  const url = await standIn(listener);
  return sender([new URL(url).host], timeoutMs).send({ ...event, url }, never);
}

const resolveTo =
  (...addresses: string[]): Resolve =>
  (_name, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );

test('a name that leads inside by now is not dialled', async () => {
  let asked = 0;
  const url = await standIn((_request, response) => {
    asked += 1;
    response.end();
  });
  const { port } = new URL(url);
  for (const addresses of [['127.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['169.254.169.254']]) {
    const outcome = await sender([], 2000, resolveTo(...addresses)).send(
      { ...event, url: `https://moderation.example:${port}/hook` },
      never,
    );
    expect(outcome).toMatchObject({
      status: null,
      error: expect.stringContaining('not on the public internet'),
    });
  }
  // Listed by name and port it may be inside, but never where a machine keeps its own secrets.
  const listed = [`moderation.example:${port}`];
  const send = (address: string) =>
    sender(listed, 2000, resolveTo(address)).send(
      { ...event, url: `https://moderation.example:${port}/hook` },
      never,
    );
  expect((await send('169.254.169.254')).error).toContain('not on the public internet');
  expect((await send('127.0.0.1')).error, 'dialled, and no TLS there').toContain('connection');
  expect(asked).toBe(0);
});

test('the beginning of the answer is kept, of whatever it is', async () => {
  const outcome = await sendTo((_request, response) => {
    response.writeHead(200).end(Buffer.concat([Buffer.from([0, 0xff]), Buffer.alloc(5000, 'x')]));
  });
  expect(outcome).toMatchObject({ status: 200, error: null });
  expect(outcome.response).toBe(`\uFFFD\uFFFD${'x'.repeat(1022)}`);
});

test('a status counts, though its body never ends', async () => {
  const outcome = await sendTo(
    (_request, response) => void response.writeHead(202).write('a'),
    300,
  );
  expect(outcome).toMatchObject({ status: 202, error: null, response: 'a' });
});

test.each([
  ['never', () => undefined, 'No answer within 0.3 seconds'],
  ['by hanging up', ((request) => request.destroy()) as RequestListener, 'The connection broke'],
])('a receiver that answers %s', async (_how, listener, error) => {
  const outcome = await sendTo(listener, 300);
  expect(outcome).toMatchObject({ status: null, response: null });
  expect(outcome.error).toContain(error);
});

test('what is sent is signed with each secret, and the library takes it', async () => {
  const old = newEndpointSecret();
  const { promise, resolve } = Promise.withResolvers<Record<string, string>>();
  const url = await standIn((request, response) => {
    resolve(request.headers as Record<string, string>);
    response.end();
  });
  const request = { ...event, url, secrets: [secret, old] };
  await sender([new URL(url).host]).send(request, never);
  const headers = await promise;
  for (const valid of [secret, old]) {
    expect(new Webhook(valid).verify(event.payload, headers)).toEqual({ type: 'media.stored' });
  }
  const verify = (key: string, payload: string) => () => new Webhook(key).verify(payload, headers);
  expect(verify(newEndpointSecret(), event.payload)).toThrow('No matching signature');
  expect(verify(secret, '{"type":"media.deleted"}')).toThrow('No matching signature');
});

test('a stop ends a request that waits, and is told apart from a failure', async () => {
  const stopping = new AbortController();
  const url = await standIn(() => stopping.abort(new Error('the process is stopping')));
  const request = sender([new URL(url).host]).send({ ...event, url }, stopping.signal);
  await expect(request).rejects.toThrow('the process is stopping');
});
