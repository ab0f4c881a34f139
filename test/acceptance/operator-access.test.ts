import { afterAll, beforeAll, expect, test } from 'vitest';
import { VERSION } from '../../src/monitoring/version.ts';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const OPS_TOKEN = 'ops-token-of-the-tests';
const PROXIED = { 'x-forwarded-for': '203.0.113.7' };

let inbox: TestInbox;
const keys: Record<string, string> = {};
beforeAll(async () => {
  inbox = await startTestInbox({ OPS_TOKEN });
  for (const role of ['viewer', 'moderator', 'admin']) {
    const made = await inbox.api('post', '/api/v1/keys').send({ name: role, role }).expect(201);
    keys[role] = made.body.secret;
  }
});
afterAll(() => inbox.stop());

function get(path: string, secret?: string, headers: Record<string, string> = PROXIED) {
  const authorization: Record<string, string> =
    secret === undefined ? {} : { authorization: `Bearer ${secret}` };
  return fetch(inbox.url + path, { headers: { ...headers, ...authorization } });
}

test('through a proxy everybody gets the status, and nothing else', async () => {
  expect(await (await get('/healthz')).json()).toEqual({ status: 'ok' });
  for (const secret of [undefined, 'wrong-token', keys.viewer, keys.moderator]) {
    const ready = await get('/readyz', secret);
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
  }
});

test.each([
  ['nothing', undefined, 401, 'unauthorized'],
  ['a wrong token', () => 'wrong-token', 401, 'unauthorized'],
  ['the beginning of the token', () => OPS_TOKEN.slice(0, -1), 401, 'unauthorized'],
  ['the key of a viewer', () => keys.viewer, 403, 'forbidden'],
  ['the key of a moderator', () => keys.moderator, 403, 'forbidden'],
])('metrics are not for who sends %s', async (_what, secret, status, code) => {
  const answer = await get('/metrics', secret?.());
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ code });
  if (status === 401) expect(answer.headers.get('www-authenticate')).toContain('Bearer');
});

test.each([
  ['OPS_TOKEN', () => OPS_TOKEN],
  ['the key of an admin', () => keys.admin],
  ['ADMIN_API_KEY', () => ADMIN_KEY],
])('metrics and details are for who sends %s', async (_what, secret) => {
  const metrics = await get('/metrics?collect[]=all', secret());
  expect(metrics.status).toBe(200);
  expect(await metrics.text()).toContain('mms_inbox_webhooks_total');
  expect(await (await get('/readyz', secret())).json()).toMatchObject({
    status: 'ready',
    version: VERSION,
    parts: { database: 'ok', workers: 'ok' },
    previews: { kinds: { image: 'ok' } },
  });
});

test('they are for who is on the same machine, without a key', async () => {
  expect((await get('/metrics', undefined, {})).status).toBe(200);
  expect(await (await get('/readyz', undefined, {})).json()).toMatchObject({
    parts: { database: 'ok' },
  });
});

test.each([{ PUBLIC_URL: 'https://mms.example.org' }, { TRUST_PROXY: 'loopback' }])(
  'a proxy on the same machine that adds no header, and passes on `Host: localhost`, opens nothing with %j',
  async (settings) => {
    await inbox.restart(settings);
    try {
      expect((await get('/metrics', undefined, {})).status).toBe(401);
      expect(await (await get('/readyz', undefined, {})).json()).toEqual({ status: 'ready' });
      expect((await get('/metrics', OPS_TOKEN, {})).status).toBe(200);
    } finally {
      await inbox.restart();
    }
  },
);

test('OPS_TOKEN opens nothing else, and is not logged', async () => {
  for (const path of ['/api/v1/media', '/api/v1/health', '/api/v1/keys']) {
    expect((await get(path, OPS_TOKEN)).status).toBe(401);
  }
  expect(inbox.logLines.join('')).toContain('"caller":"OPS_TOKEN"');
  expect(inbox.logLines.join('')).not.toContain(OPS_TOKEN);
});
