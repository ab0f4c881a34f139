import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const ENDPOINTS = '/api/v1/endpoints';

let inbox: TestInbox;
let ada: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  ada = await callAs(inbox, 'admin', 'ada');
});
afterAll(() => inbox.stop());

test('who made, changed and removed an endpoint is in the audit log, and no secret', async () => {
  const url = 'https://203.0.114.1:8443/hook?token=not-for-the-log';
  const { body: made } = await ada('post', ENDPOINTS).send({ url }).expect(201);
  const path = `${ENDPOINTS}/${made.id}`;
  await ada('patch', path).send({ state: 'paused' }).expect(200);
  await ada('patch', path)
    .send({ types: ['media.stored'] })
    .expect(200);
  const { body: rotated } = await ada('post', `${path}/rotate-secret`).expect(200);
  await ada('delete', path).expect(204);
  // What does not happen leaves nothing.
  await ada('patch', path).send({ state: 'active' }).expect(404);
  await ada('delete', path).expect(404);

  const { body } = await ada('get', `/api/v1/audit?target=${made.id}`).expect(200);
  const origin = 'https://203.0.114.1:8443';
  const active = { origin, types: [], state: 'active' };
  const paused = { ...active, state: 'paused' };
  const narrowed = { ...paused, types: ['media.stored'] };
  expect(body.items.toReversed()).toMatchObject([
    { actor: 'ada', action: 'endpoint.create', before: null, after: active },
    { actor: 'ada', action: 'endpoint.update', before: active, after: paused },
    { actor: 'ada', action: 'endpoint.update', before: paused, after: narrowed },
    { actor: 'ada', action: 'endpoint.rotate-secret', before: null, after: narrowed },
    { actor: 'ada', action: 'endpoint.delete', before: narrowed, after: null },
  ]);
  for (const secret of ['not-for-the-log', made.secret, rotated.secret]) {
    expect(JSON.stringify(body)).not.toContain(secret);
  }
});

test('what the log does not show of an address is at least told to have changed', async () => {
  const url = 'https://203.0.114.1/hook';
  const { body: made } = await ada('post', ENDPOINTS).send({ url }).expect(201);
  const path = `${ENDPOINTS}/${made.id}`;
  await ada('patch', path)
    .send({ url: `${url}/of-somebody-else`, description: '' })
    .expect(200);
  const { body } = await ada('get', `/api/v1/audit?target=${made.id}&limit=1`).expect(200);
  expect(body.items[0].after).toEqual({
    origin: 'https://203.0.114.1',
    types: [],
    state: 'active',
    changed: ['url'],
  });
});
