import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { sendProblem } from '../../src/http/problem.ts';
import { BUILT_PAGE } from '../../src/lifecycle/project-files.ts';
import { createPageRouter } from '../../src/page/page-router.ts';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { httpServer } from '../support/test-servers.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

const SID = `ME${'0'.repeat(32)}`;

interface Answer {
  status: number | undefined;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** Without what `fetch` does by itself: it asks for compressed forms, and cleans paths. */
function get(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  from = inbox.url,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(from);
    const sent = request({ hostname, port, path, headers, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode: status, headers } = response;
        resolve({ status, headers, body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject).end();
  });
}

/** The script that the page loads first. */
async function scriptPath(): Promise<string> {
  const { body } = await get('/');
  const [, path = ''] = /<script type="module"[^>]* src="([^"]+)"/.exec(body.toString()) ?? [];
  return path;
}

const CHECKED_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin',
};

test.each([
  '/',
  '/?from=%2B15550100001',
  `/m/${SID}`,
  '/conversation?from=%2B15550100001',
  '/desk/deletions',
])('%s is the page, the same for everybody', async (path) => {
  const page = await get(path);
  expect(page).toMatchObject({
    status: 200,
    headers: {
      ...CHECKED_HEADERS,
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    },
  });
  expect(page.headers['set-cookie']).toBeUndefined();
  expect(page.headers['access-control-allow-origin']).toBeUndefined();
  const signedIn = await get(path, { authorization: `Bearer ${ADMIN_KEY}` });
  expect(signedIn.body.equals(page.body)).toBe(true);
  const html = page.body.toString();
  expect(html).not.toContain(ADMIN_KEY);
  expect(html, 'a script or style within the page').not.toMatch(
    /<style|style=|<script(?![^>]* src=)|\son\w+=/i,
  );
  expect(html, 'a file from elsewhere').not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
});

test('the page is asked for again, and answered 304 as long as it is the same', async () => {
  const { etag } = (await get('/')).headers;
  const again = await get('/', { 'if-none-match': String(etag) });
  expect(again).toMatchObject({
    status: 304,
    headers: { ...CHECKED_HEADERS, 'cache-control': 'no-cache', etag },
  });
  expect(again.body).toHaveLength(0);
  expect((await get('/', { 'if-none-match': '"other"' })).status).toBe(200);
});

test('every file of the page is kept for a year', async () => {
  const html = (await get('/')).body.toString();
  const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path);
  expect(files.length).toBeGreaterThanOrEqual(3);
  for (const path of files) {
    expect(path).toMatch(/^\/assets\/.+-[\w-]{8}\.(js|css|svg)$/);
    const { status, headers } = await get(path);
    expect([path, status]).toEqual([path, 200]);
    expect(headers).toMatchObject({
      ...CHECKED_HEADERS,
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': expect.stringMatching(
        /^(text\/javascript; charset=utf-8|text\/css; charset=utf-8|image\/svg\+xml)/,
      ),
    });
    const again = await get(path, { 'if-none-match': String(headers.etag) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  }
});

test('scripts are sent as compressed as the browser takes them', async () => {
  const path = await scriptPath();
  const plain = await get(path);
  expect(plain.headers['content-encoding']).toBeUndefined();
  const forms = [
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip, br;q=0', 'gzip', gunzipSync],
    ['gzip', 'gzip', gunzipSync],
    ['zstd', undefined, (bytes: Buffer) => bytes],
  ] as const;
  const etags = new Set<unknown>();
  for (const [accepted, encoding, decompress] of forms) {
    const { status, headers, body } = await get(path, { 'accept-encoding': accepted });
    expect([accepted, status, headers['content-encoding']]).toEqual([accepted, 200, encoding]);
    expect(headers.vary).toMatch(/accept-encoding/i);
    expect(decompress(body).equals(plain.body)).toBe(true);
    etags.add(headers.etag);
    const head = await get(path, { 'accept-encoding': accepted }, 'HEAD');
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([
      200,
      0,
      String(body.length),
    ]);
  }
  expect(etags.size, 'a form each').toBe(3);
});

test.each([
  '/assets/missing-12345678.js',
  '/assets/',
  '/assets/..%2Findex.html',
  '/assets/../index.html',
  '/assets/../../../package.json',
  '/assets/..%2F..%2F..%2Fpackage.json',
  '/assets/%2e%2e%2findex.html',
  '/assets/%00',
  '/assets/constructor',
  '/index.html',
  '/m/',
  '/m/not-a-sid',
  `/m/${SID}/content`,
  '/conversation/x',
])('%s is nothing', async (path) => {
  const { status, headers } = await get(path);
  expect(status).toBe(404);
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
});

test('only reading is allowed', async () => {
  for (const path of ['/', await scriptPath()]) {
    const { status, headers } = await get(path, {}, 'POST');
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  }
});

test('GALLERY=off: there is no page, and the API works', async () => {
  const headless = await startTestInbox({ GALLERY: 'off' });
  onTestFinished(() => headless.stop());
  for (const path of [
    '/',
    `/m/${SID}`,
    '/conversation',
    '/desk',
    '/desk/held',
    '/desk/deletions',
    await scriptPath(),
  ]) {
    expect([path, (await get(path, {}, 'GET', headless.url)).status]).toEqual([path, 404]);
  }
  await headless.api('get', '/api/v1/media').expect(200);
});

/** A server of the page in a folder, and nothing else. */
async function servePage(folder: string): Promise<string> {
  const app = express()
    .use((request, _response, next) => {
      request.log = pino({ level: 'silent' });
      next();
    })
    .use(await createPageRouter(pino({ level: 'silent' }), folder))
    .get('/other', (_request, response) => {
      response.end();
    })
    .use(sendProblem);
  return (await httpServer(app)).origin;
}

async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-page-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('a build while the server runs changes nothing before the next start', async () => {
  const folder = await scratchFolder();
  await cp(BUILT_PAGE, folder, { recursive: true });
  const origin = await servePage(folder);
  await rm(folder, { recursive: true });
  const { body } = await get('/');
  expect((await get('/', {}, 'GET', origin)).body.equals(body)).toBe(true);
  expect((await get(await scriptPath(), {}, 'GET', origin)).status).toBe(200);
});

test('a page that is not built says so, and nothing else is affected', async () => {
  const origin = await servePage(join(await scratchFolder(), 'missing'));
  for (const path of [
    '/',
    `/m/${SID}`,
    '/conversation',
    '/desk',
    '/desk/held',
    `/desk/story/${SID}`,
  ]) {
    const answer = await fetch(origin + path);
    expect([path, answer.status]).toEqual([path, 503]);
    expect(answer.headers.get('retry-after')).toBe('60');
    expect(await answer.json()).toMatchObject({
      code: 'unavailable',
      detail: 'The page is not built: run `npm run build`, then restart.',
    });
  }
  expect((await fetch(`${origin}/assets/index.js`)).status).toBe(404);
  expect((await fetch(`${origin}/other`)).status).toBe(200);
});

test('a page that cannot be read prevents no start', async () => {
  const folder = await scratchFolder();
  await mkdir(join(folder, 'index.html'));
  const origin = await servePage(folder);
  expect((await fetch(origin)).status).toBe(503);
  expect((await fetch(`${origin}/other`)).status).toBe(200);
});
