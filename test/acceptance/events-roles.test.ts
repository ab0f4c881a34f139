import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const ROLES = ['viewer', 'moderator', 'admin'] as const;
const ENDPOINT = `/api/v1/endpoints/ep_${'0'.repeat(24)}`;

let inbox: TestInbox;
const secrets: Record<string, string> = {};
beforeAll(async () => {
  inbox = await startTestInbox();
  for (const role of ROLES) {
    const { body } = await inbox.api('post', '/api/v1/keys').send({ name: `the-${role}`, role });
    secrets[role] = body.secret;
  }
});
afterAll(() => inbox.stop());

// For those who may, the answer shows that the request got past the key.
test.each([
  ['follow events', 'HEAD', '/api/v1/events', 200, 'moderator'],
  ['list endpoints', 'GET', '/api/v1/endpoints', 200, 'admin'],
  ['make an endpoint', 'POST', '/api/v1/endpoints', 400, 'admin'],
  ['look at an endpoint', 'GET', ENDPOINT, 404, 'admin'],
  ['change an endpoint', 'PATCH', ENDPOINT, 404, 'admin'],
  ['delete an endpoint', 'DELETE', ENDPOINT, 404, 'admin'],
  ['rotate its secret', 'POST', `${ENDPOINT}/rotate-secret`, 404, 'admin'],
  ['list deliveries', 'GET', `${ENDPOINT}/deliveries`, 404, 'admin'],
  ['resend an event', 'POST', `/api/v1/deliveries/dlv_${'0'.repeat(32)}/resend`, 404, 'admin'],
] as const)('who may %s', async (_act, method, path, status, least) => {
  const call = async (authorization?: string) => {
    const headers: Record<string, string> = authorization ? { authorization } : {};
    return (await fetch(inbox.url + path, { method, headers })).status;
  };
  expect(await call()).toBe(401);
  expect(await call('Bearer mmsi_nobodys')).toBe(401);
  for (const role of ROLES) {
    const may = ROLES.indexOf(role) >= ROLES.indexOf(least);
    expect([role, await call(`Bearer ${secrets[role]}`)]).toEqual([role, may ? status : 403]);
  }
});
