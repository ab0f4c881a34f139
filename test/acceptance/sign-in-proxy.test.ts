import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { outcomeOf, SAME_ORIGIN, signIn } from '../support/browser-session.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const PROXY = {
  AUTH_PROXY_HEADER: 'X-Forwarded-User',
  AUTH_PROXY_ADDRESSES: '10.0.0.0/8, 127.0.0.1',
  AUTH_PROXY_ROLE_HEADER: 'X-Forwarded-Role',
};
const ADA = { 'x-forwarded-user': 'ada@example.com' };
const AS_ADMIN = { ...ADA, 'x-forwarded-role': 'admin' };

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

/** A request as the proxy passes it on. */
const call = (method: string, path: string, headers: Record<string, string>) =>
  fetch(inbox.url + path, { method, headers });

const whoami = async (headers: Record<string, string>) => {
  const answer = await call('GET', '/api/v1/whoami', headers);
  const { name, role, signedInBy, code } = await answer.json();
  return code ?? [name, role, signedInBy];
};

test('without the settings the header means nothing', async () => {
  expect(await whoami(AS_ADMIN)).toBe('unauthorized');
});

test('a user of the proxy is signed in with the role that it sends, or that of the settings', async () => {
  await inbox.restart(PROXY);
  expect(await whoami(ADA)).toEqual(['proxy:ada@example.com', 'viewer', 'proxy']);
  expect(await whoami(AS_ADMIN)).toEqual(['proxy:ada@example.com', 'admin', 'proxy']);
  expect(await whoami({ ...ADA, 'x-forwarded-role': '' })).toEqual([
    'proxy:ada@example.com',
    'viewer',
    'proxy',
  ]);
  expect(await whoami({ 'x-forwarded-role': 'admin' })).toBe('unauthorized');
  expect(await whoami({ 'x-forwarded-user': '  ' })).toBe('unauthorized');
  for (const role of ['owner', 'Admin', 'admin,viewer', 'viewer admin']) {
    expect([role, await whoami({ ...ADA, 'x-forwarded-role': role })]).toEqual([
      role,
      'unauthorized',
    ]);
  }
  await inbox.restart({ ...PROXY, AUTH_PROXY_ROLE_HEADER: '', AUTH_PROXY_ROLE: 'moderator' });
  expect(await whoami(AS_ADMIN)).toEqual(['proxy:ada@example.com', 'moderator', 'proxy']);
});

test('what they do is recorded under their name, and no page of another origin does it', async () => {
  await inbox.restart(PROXY);
  const path = '/api/v1/audit/export';
  expect(await outcomeOf(await call('GET', path, ADA))).toEqual([403, 'forbidden']);
  expect(await outcomeOf(await call('GET', path, AS_ADMIN))).toEqual([200, null]);
  const { body } = await inbox.api('get', '/api/v1/audit?actor=proxy:ada@example.com').expect(200);
  expect(body.items).toMatchObject([{ actor: 'proxy:ada@example.com', action: 'audit.export' }]);
  expect(inbox.logLines.join('')).toContain('"caller":"proxy:ada@example.com"');

  const retry = (headers: Record<string, string>) =>
    call('POST', '/api/v1/media/retry', { ...AS_ADMIN, ...headers });
  expect(await outcomeOf(await retry(SAME_ORIGIN))).toEqual([202, null]);
  expect(await outcomeOf(await retry({ origin: inbox.url }))).toEqual([202, null]);
  expect(await outcomeOf(await retry({}))).toEqual([403, 'cross_origin']);
  expect(await outcomeOf(await retry({ 'sec-fetch-site': 'cross-site' }))).toEqual([
    403,
    'cross_origin',
  ]);
  const embedded = await call('GET', '/api/v1/media', { ...ADA, 'sec-fetch-site': 'cross-site' });
  expect(await outcomeOf(embedded)).toEqual([403, 'cross_origin']);
});

test('they follow events, and get no tickets and links, which are of keys', async () => {
  await inbox.restart(PROXY);
  expect(await outcomeOf(await call('GET', '/api/v1/events', ADA))).toEqual([200, null]);
  for (const path of ['/api/v1/events/tickets', '/api/v1/session/links']) {
    const answer = await call('POST', path, { ...AS_ADMIN, ...SAME_ORIGIN });
    expect([path, await outcomeOf(answer)]).toEqual([path, [403, 'forbidden']]);
  }
  expect(await outcomeOf(await call('GET', '/api/v1/session', ADA))).toEqual([401, 'unauthorized']);
});

test('a key and a session win over the user of the proxy; an ended session does not matter', async () => {
  await inbox.restart(PROXY);
  const { body } = await inbox.api('get', '/api/v1/whoami').set(ADA).expect(200);
  expect(body).toMatchObject({ name: 'ADMIN_API_KEY', signedInBy: 'key' });
  const { cookie } = await signIn(inbox);
  expect(await whoami({ ...ADA, cookie })).toEqual(['ADMIN_API_KEY', 'admin', 'session']);
  expect(await whoami({ ...ADA, authorization: 'Bearer mmsi_nobodys' })).toBe('unauthorized');
  await call('DELETE', '/api/v1/session', { cookie, ...SAME_ORIGIN });
  expect(await whoami({ cookie })).toBe('session_ended');
  expect(await whoami({ ...ADA, cookie })).toEqual(['proxy:ada@example.com', 'viewer', 'proxy']);
});

test('a header that the client sent beside that of the proxy is refused', async () => {
  await inbox.restart(PROXY);
  for (const headers of [
    ['X-Forwarded-User', 'admin', 'X-Forwarded-User', 'ada'],
    ['X-Forwarded-User', 'ada', 'X-Forwarded-Role', 'admin', 'x-forwarded-role', 'viewer'],
  ]) {
    const answer = await new Promise<string>((resolve, reject) => {
      const url = `${inbox.url}/api/v1/whoami`;
      const sent = ['Host', new URL(inbox.url).host, ...headers];
      httpRequest(url, { headers: sent }, (response) => text(response).then(resolve, reject))
        .on('error', reject)
        .end();
    });
    expect(JSON.parse(answer)).toMatchObject({
      code: 'unauthorized',
      detail: expect.stringContaining('twice'),
    });
  }
});

test('the header of a stranger means nothing, whatever address it claims', async () => {
  const claims = {
    'x-forwarded-for': '10.0.0.1',
    forwarded: 'for=10.0.0.1',
    'x-real-ip': '10.0.0.1',
  };
  for (const more of [{}, { TRUST_PROXY: 'on' }]) {
    await inbox.restart({ ...PROXY, ...more, AUTH_PROXY_ADDRESSES: '10.0.0.0/8,::1' });
    expect(await whoami({ ...AS_ADMIN, ...claims })).toBe('unauthorized');
  }
});

test('neither the webhook nor the Twilio-shaped API knows users of the proxy', async () => {
  await inbox.restart(PROXY);
  const messages = `/2010-04-01/Accounts/AC${'a1'.repeat(16)}/Messages.json`;
  expect((await call('GET', messages, AS_ADMIN)).status).toBe(401);
  expect(await outcomeOf(await call('GET', '/twilio/incoming', AS_ADMIN))).toEqual([
    400,
    'signature_missing',
  ]);
  const { answer } = await inbox.receive({ body: 'hello', attachments: [] });
  expect(answer.status).toBe(200);
});
