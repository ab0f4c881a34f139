import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBytes } from '../support/find-bytes.ts';
import {
  ACCOUNT,
  ADMIN_KEY,
  eventually,
  startTestInbox,
  type TestInbox,
} from '../support/test-inbox.ts';

const ROLES = ['viewer', 'moderator', 'admin'] as const;
const onServer = (process.env.TEST_DATABASE_URL ?? '') !== '';

let inbox: TestInbox;
let secrets: Record<string, string>;
beforeAll(async () => {
  inbox = await startTestInbox();
  secrets = {};
  for (const role of ROLES) secrets[role] = await createKey(`the-${role}`, role);
});
afterAll(() => inbox.stop());

async function createKey(name: string, role: string): Promise<string> {
  const { body, headers } = await inbox
    .api('post', '/api/v1/keys')
    .send({ name, role })
    .expect(201);
  expect(body).toEqual({
    ...{ id: expect.any(String), name, role, secret: expect.any(String) },
    ...{ numbers: [], queues: [] },
  });
  expect(headers['cache-control']).toBe('no-store');
  return body.secret;
}

async function shownKey(name: string) {
  const { body, text } = await inbox.api('get', '/api/v1/keys').expect(200);
  expect(text, 'neither a secret nor its hash is shown').not.toMatch(/secret|mmsi_/i);
  return body.items.find((key: { name: string }) => key.name === name);
}

function call(method: string, path: string, authorization?: string): Promise<Response> {
  const headers = authorization === undefined ? {} : { authorization };
  return fetch(inbox.url + path, { method, headers: headers as Record<string, string> });
}

describe('without a valid key', () => {
  test.each([
    ['nothing', undefined],
    ['an empty key', 'Bearer '],
    ['a key nobody made', 'Bearer mmsi_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    ['garbage', 'Bearer \u00ff\u00fe'],
    ['two keys', `Bearer ${ADMIN_KEY} ${ADMIN_KEY}`],
    ['a key without its scheme', ADMIN_KEY],
    ['another scheme', `Basic ${btoa(`admin:${ADMIN_KEY}`)}`],
    ['the beginning of a key', `Bearer ${ADMIN_KEY.slice(0, -1)}`],
    ['more than a key', `Bearer ${ADMIN_KEY}x`],
    ['the auth token', `Bearer ${ACCOUNT.authToken}`],
    ['a very long key', `Bearer ${'x'.repeat(8000)}`],
  ])('%s opens nothing', async (_name, authorization) => {
    for (const path of ['/api/v1/media', '/api/v1/messages', '/api/v1/keys']) {
      const response = await call('GET', path, authorization);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer realm="mms-inbox"');
      expect(await response.json()).toMatchObject({ status: 401, code: 'unauthorized' });
    }
  });

  test('what is there is not told apart from what is not', async () => {
    for (const path of [`/api/v1/media/ME${'0'.repeat(32)}`, '/api/v1/media/nonsense']) {
      for (const [method, part] of [
        ['GET', ''],
        ['GET', '/content'],
        ['GET', '/thumbnail'],
        ['DELETE', ''],
      ] as const) {
        expect((await call(method, path + part)).status).toBe(401);
      }
    }
    expect((await call('POST', '/api/v1/media')).status).toBe(401);
    expect((await call('POST', '/api/v1/keys')).status).toBe(401);
  });

  test('a key in the query is no key', async () => {
    expect((await call('GET', `/api/v1/media?key=${ADMIN_KEY}`)).status).toBe(401);
  });

  test('health is for everybody', async () => {
    expect((await call('GET', '/healthz')).status).toBe(200);
    const ready = await call('GET', '/readyz');
    expect(await ready.json()).toEqual({
      status: 'ready',
      parts: {
        database: 'ok',
        blobs: 'ok',
        events: 'ok',
        workers: 'ok',
        jobs: 'ok',
        spool: 'ok',
        upstream: 'ok',
        deletions: 'ok',
      },
    });
  });

  test.each(ROLES)('its details are for who has a key: %s', async (role) => {
    const ready = await call('GET', '/readyz', `Bearer ${secrets[role]}`);
    expect(await ready.json()).toMatchObject({
      status: 'ready',
      previews: { kinds: { image: 'ok' } },
    });
  });
});

const media = `/api/v1/media/ME${'0'.repeat(32)}`;
test('the scheme may be written in any case', async () => {
  expect((await call('GET', '/api/v1/media', `bearer ${secrets.viewer}`)).status).toBe(200);
});

test('when a key was last used is shown', async () => {
  const secret = await createKey('watched', 'viewer');
  expect(await shownKey('watched')).toMatchObject({
    name: 'watched',
    role: 'viewer',
    createdAt: expect.stringMatching(/Z$/),
    lastUsedAt: null,
    revokedAt: null,
  });
  const before = Date.now();
  expect((await call('GET', '/api/v1/media', `Bearer ${secret}`)).status).toBe(200);
  const { lastUsedAt } = await shownKey('watched');
  expect(Date.parse(lastUsedAt)).toBeGreaterThanOrEqual(before - 1);
});

test('a revoked key ends at once, and stays in the list', async () => {
  const secret = await createKey('short-lived', 'admin');
  expect((await call('GET', '/api/v1/media', `Bearer ${secret}`)).status).toBe(200);
  await inbox.api('delete', '/api/v1/keys/short-lived').expect(204);
  expect((await call('GET', '/api/v1/media', `Bearer ${secret}`)).status).toBe(401);
  expect((await shownKey('short-lived')).revokedAt).toMatch(/Z$/);
  await inbox.api('delete', '/api/v1/keys/short-lived').expect(404);
});

test('the list is paged, and links to its next page', async () => {
  await createKey('listed-1', 'viewer');
  await createKey('listed-2', 'viewer');
  const names: string[] = [];
  for (let path = '/api/v1/keys?limit=1'; ; ) {
    const { body, headers } = await inbox.api('get', path).expect(200);
    names.push(...body.items.map(({ name }: { name: string }) => name));
    if (body.nextCursor === null) {
      expect(headers.link).toBeUndefined();
      break;
    }
    path = `/api/v1/keys?limit=1&cursor=${body.nextCursor}`;
    expect(headers.link).toBe(`<${inbox.url}${path}>; rel="next"`);
  }
  const { body } = await inbox.api('get', '/api/v1/keys?limit=200').expect(200);
  expect(names).toEqual(body.items.map(({ name }: { name: string }) => name));
  expect(names.slice(-2)).toEqual(['listed-1', 'listed-2']);
});

test('a name is given once', async () => {
  await createKey('unique', 'viewer');
  const request = () => inbox.api('post', '/api/v1/keys').send({ name: 'unique', role: 'admin' });
  const { body } = await request().expect(409);
  expect(body).toMatchObject({ code: 'conflict' });
  expect(await shownKey('unique')).toMatchObject({ role: 'viewer' });
});

test.each([
  [{ name: 'x' }, 'role'],
  [{ role: 'viewer' }, 'name'],
  [{ name: 'x', role: 'owner' }, 'role'],
  [{ name: '', role: 'viewer' }, 'name'],
  [{ name: 'a b', role: 'viewer' }, 'name'],
  [{ name: '../x', role: 'viewer' }, 'name'],
  [{ name: 7, role: 'viewer' }, 'name'],
  // Whoever has one of these in the audit log is somebody else.
  [{ name: 'ADMIN_API_KEY', role: 'viewer' }, 'name'],
  [{ name: ACCOUNT.sid, role: 'viewer' }, 'name'],
  [{ name: 'x', role: 'viewer', secret: 'mine' }, 'secret'],
  [{ name: 'x', role: 'moderator', numbers: ['5551234'.repeat(3)] }, 'numbers.0'],
  [{ name: 'x', role: 'moderator', numbers: '+15551234567' }, 'numbers'],
  [{ name: 'x', role: 'moderator', queues: ['all'] }, 'queues.0'],
])('a key of %j is refused, naming %s', async (key, field) => {
  const { body } = await inbox.api('post', '/api/v1/keys').send(key).expect(400);
  expect(body.errors).toMatchObject([{ field }]);
});

test('a body that is no JSON is refused', async () => {
  const json = 'application/json';
  const { body } = await inbox.api('post', '/api/v1/keys').type(json).send('{"name":').expect(400);
  expect(body).toMatchObject({ code: 'invalid_request', detail: 'The body is not valid JSON.' });
  const text = await inbox.api('post', '/api/v1/keys').type(json).send('"a text"').expect(400);
  expect(text.body.errors).toMatchObject([{ field: 'body' }]);
  await inbox
    .api('post', '/api/v1/keys')
    .type(json)
    .send(`"${'x'.repeat(9000)}"`)
    .expect(413);
});

test.each([
  ['text/plain', '{"name":"typed","role":"viewer"}'],
  ['application/x-www-form-urlencoded', 'name=typed&role=viewer'],
  ['application/json-patch+json', '{"name":"typed","role":"viewer"}'],
  ['', '{"name":"typed","role":"viewer"}'],
])('a body of the type %j is refused as such', async (type, text) => {
  const response = await fetch(`${inbox.url}/api/v1/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': type },
    body: Buffer.from(text),
  });
  expect(response.status).toBe(415);
  expect((await response.json()).code).toBe('unsupported_media_type');
  expect(await shownKey('typed')).toBeUndefined();
});

test.skipIf(onServer)('secrets are kept only as hashes', async () => {
  const secret = await createKey('hashed-key-name', 'viewer');
  await call('GET', '/api/v1/media', `Bearer ${secret}`);
  // The database may drop a file of its own while it is looked at: then look again.
  const filesWith = (text: string) => eventually(() => findBytes(inbox.dataDir, Buffer.from(text)));
  const found = await filesWith('hashed-key-name');
  expect(found.length, 'this looks where keys are kept').toBeGreaterThan(0);
  expect(await filesWith(secret)).toEqual([]);
  expect(await filesWith(ADMIN_KEY)).toEqual([]);
  expect(inbox.logLines.join('')).not.toContain(secret);
});

test.skipIf(onServer)('the command line manages the keys of a server that runs', async () => {
  const work = ['--number', '+15557654321', '--queue', 'held', 'reported'];
  const created = await cli('create', '--name', 'from-cli', '--role', 'moderator', ...work);
  expect(created.stderr).toContain(
    onServer ? 'PostgreSQL (DATABASE_URL)' : `Through the server at ${inbox.url}`,
  );
  const secret = created.stdout;
  const authorization = `Bearer ${secret.trim()}`;
  expect((await call('DELETE', media, authorization)).status).toBe(404);
  expect((await cli('list')).stdout).toMatch(/from-cli.*moderator.*\+15557654321 held reported/);
  expect((await cli('revoke', 'from-cli')).stdout).toContain('"from-cli" is revoked');
  expect((await call('DELETE', media, authorization)).status).toBe(401);
  await expect(cli('revoke', 'from-cli')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no valid key of this name.'),
  });
});

test.runIf(onServer)(
  'the command line makes keys on the server, and shows no password',
  async () => {
    const { stdout: secret, stderr } = await cli(
      'create',
      '--name',
      'from-cli',
      '--role',
      'viewer',
    );
    expect((await call('GET', media, `Bearer ${secret.trim()}`)).status).toBe(404);
    expect(stderr).toContain('PostgreSQL');
    expect(stderr).not.toContain('://');
  },
);

function cli(...args: string[]) {
  return promisify(execFile)(process.execPath, ['src/cli.ts', 'keys', ...args], {
    env: {
      DATA_DIR: inbox.dataDir,
      DATABASE_URL: inbox.databaseUrl,
      PORT: new URL(inbox.url).port,
      TWILIO_ACCOUNT_SID: ACCOUNT.sid,
      TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
      ADMIN_API_KEY: ADMIN_KEY,
    },
  });
}
