import { get } from 'node:http';
import type { Response } from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VERSION } from '../../src/monitoring/version.ts';
import { callAs } from '../support/call-as.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
const sids: string[] = [];
beforeAll(async () => {
  inbox = await startTestInbox();
  for (let n = 0; n < 3; n += 1) {
    const { body } = await inbox
      .api('post', '/api/v1/media')
      .field('receivedAt', `2026-01-0${n + 1}T12:00:00+02:00`)
      .attach('files', Buffer.from(`text ${n}`), 'a.txt')
      .expect(201);
    sids.push(body.items[0].sid);
  }
});
afterAll(() => inbox.stop());

test('Link leads through a list, with the filters of the first page', async () => {
  const seen: string[] = [];
  let path: string | undefined = '/api/v1/media?limit=1&order=oldest&contentType=text/';
  while (path !== undefined) {
    const { body, headers }: Response = await inbox.api('get', path).expect(200);
    seen.push(body.items[0].sid);
    const [, next]: string[] = /<([^>]+)>; rel="next"/.exec(headers.link ?? '') ?? [];
    expect(next === undefined).toBe(body.nextCursor === null);
    if (next !== undefined) expect(next).toContain(inbox.url);
    path = next?.slice(inbox.url.length);
  }
  expect(seen).toEqual(sids);
});

test('an item has an ETag, and is sent again only when it has changed', async () => {
  const path = `/api/v1/media/${sids[0]}`;
  await eventually(async () => {
    const { body } = await inbox.api('get', path).expect(200);
    expect(body.state).toBe('stored');
  });
  const { headers } = await inbox.api('get', path).expect(200);
  const etag = String(headers.etag);
  expect(etag).toMatch(/^"[\w-]+"$/);
  await inbox.api('get', path).set('If-None-Match', etag).expect(304);
  await inbox.api('post', `${path}/decision`).send({ decision: 'hold' }).expect(200);
  const changed = await inbox.api('get', path).set('If-None-Match', etag).expect(200);
  expect(changed.headers.etag).not.toBe(etag);
  await inbox.api('post', `${path}/decision`).send({ decision: 'approve' }).expect(200);
  const withLinks = await inbox.api('get', `${path}?links=true`).set('If-None-Match', etag);
  expect(withLinks.status).toBe(200);
  expect(withLinks.headers.etag).toBeUndefined();
});

test('whoami tells the key, its role, the version and what the server can do', async () => {
  const asAda = await callAs(inbox, 'viewer', 'ada');
  const { body } = await asAda('get', '/api/v1/whoami').expect(200);
  expect(body).toEqual({
    name: 'ada',
    role: 'viewer',
    signedInBy: 'key',
    version: VERSION,
    capabilities: {
      mediaMaxBytes: 104_857_600,
      scan: false,
      transcribe: false,
      moderation: 'off',
      deleteUpstream: 'on-delete',
      publicMediaUrls: false,
    },
  });
});

test.each([
  ['/api/v1/media?recievedAfter=2026-01-01', 'recievedAfter', 'receivedAfter'],
  ['/api/v1/media?content_type=image/', 'content_type', 'contentType'],
  ['/api/v1/messages?form=%2B15551234567', 'form', 'from'],
  ['/api/v1/audit?untill=2026-01-01', 'untill', 'until'],
])('%s names the parameter that was meant', async (path, field, meant) => {
  const { body } = await inbox.api('get', path).expect(400);
  expect(body.errors).toEqual([{ field, message: `is not known here; did you mean ${meant}?` }]);
});

test('a field within an object is named with its place; nothing near is not guessed', async () => {
  const { body } = await inbox
    .api('post', '/api/v1/bulk')
    .send({ action: 'hold', filter: { contenttype: 'image/', colour: 'red' } })
    .expect(400);
  expect(body.errors).toEqual([
    { field: 'filter.contenttype', message: 'is not known here; did you mean contentType?' },
    { field: 'filter.colour', message: 'is not known here' },
  ]);
});

test.each(['a b', '['])('without PUBLIC_URL a page needs a valid Host, not "%s"', async (host) => {
  const path = '/api/v1/media?limit=1';
  const status = await new Promise((resolve, reject) => {
    const headers = { host, authorization: `Bearer ${ADMIN_KEY}` };
    get(inbox.url + path, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
  expect(status).toBe(400);
});

test('of thousands of unknown fields the first are named, and none is looked for in vain', async () => {
  const filter = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`field${n}`, 1]));
  const { body } = await inbox.api('post', '/api/v1/bulk').send({ action: 'hold', filter });
  expect(body).toMatchObject({ code: 'invalid_request' });
  expect(body.errors).toHaveLength(20);
});

test('a body null is no body', async () => {
  await inbox
    .api('post', '/api/v1/previews/rebuild')
    .set('Content-Type', 'application/json')
    .send('null')
    .expect(400);
});

test('a time with an offset is understood, also when its + was not escaped', async () => {
  const list = async (since: string) => {
    const { body } = await inbox.api('get', `/api/v1/media?receivedAfter=${since}`).expect(200);
    return body.items.length;
  };
  expect(await list('2026-01-02T12:00:00%2B02:00')).toBe(2);
  expect(await list('2026-01-02T12:00:00+02:00')).toBe(2);
  expect(await list('2026-01-02T12:00:01+02:00')).toBe(1);
});
