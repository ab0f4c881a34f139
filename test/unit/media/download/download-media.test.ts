import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { downloadFolder, password } from '../../../support/download-folder.ts';
import { accountSid, mediaPath } from '../../../support/sample-media.ts';
import { httpServer } from '../../../support/test-servers.ts';

const basic = `Basic ${Buffer.from(`${accountSid}:${password}`).toString('base64')}`;

function redirectTo(location: string, status = 307) {
  return httpServer((_request, response) => response.writeHead(status, { location }).end('moved'));
}

function serving(bytes: string, headers: Record<string, string> = {}) {
  return httpServer((_request, response) => response.writeHead(200, headers).end(bytes));
}

describe('a download', () => {
  it('follows the API’s redirect, and shows credentials to the API only', async () => {
    const media = await serving('GIF89a', { 'content-type': 'image/gif' });
    const api = await redirectTo(`${media.origin}/file?sig=1`);
    const { download, toPath } = await downloadFolder({
      apiBaseUrl: api.origin,
      redirectHosts: [media.hostPort],
    });
    expect(await download()).toEqual({
      sha256: createHash('sha256').update('GIF89a').digest('hex'),
      byteSize: 6,
      content: Buffer.from('GIF89a'),
      headerContentType: 'image/gif',
    });
    expect(await readFile(toPath, 'utf8')).toBe('GIF89a');
    expect((await stat(toPath)).mode & 0o777).toBe(0o600);
    expect(api.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      [mediaPath, basic],
    ]);
    expect(media.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/file?sig=1', undefined],
    ]);
    expect(media.requests[0]?.headers['accept-encoding']).toBe('identity');
    expect(media.requests[0]?.headers).not.toHaveProperty('cookie');
  });

  it('takes bytes from the API itself, whatever type they are said to be', async () => {
    const api = await httpServer((_request, response) => response.writeHead(200).end('abc'));
    const { download } = await downloadFolder({ apiBaseUrl: api.origin });
    const file = await download({ url: `${api.origin}${mediaPath}` });
    expect(file).toMatchObject({ byteSize: 3, headerContentType: null });
  });

  it('accepts exactly the largest size', async () => {
    const api = await serving('abc');
    const { download } = await downloadFolder({ apiBaseUrl: api.origin, maxBytes: 3 });
    expect(await download()).toMatchObject({ byteSize: 3 });
  });

  it.each([
    ['gzip', gzipSync('abc')],
    ['X-GZIP', gzipSync('abc')],
    ['br', brotliCompressSync('abc')],
    ['zstd', zstdCompressSync('abc')],
    ['deflate', deflateSync('abc')],
    ['deflate', deflateRawSync('abc')],
    ['br, identity, gzip', gzipSync(brotliCompressSync('abc'))],
  ])('stores what %s was made of, unasked', async (encoding, bytes) => {
    const api = await httpServer((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
    );
    const { download, toPath } = await downloadFolder({ apiBaseUrl: api.origin });
    expect(await download()).toMatchObject({ byteSize: 3 });
    expect(await readFile(toPath, 'utf8')).toBe('abc');
  });

  it('accepts an encoding that is said to be none', async () => {
    const api = await serving('abc', { 'content-encoding': 'identity' });
    const { download } = await downloadFolder({ apiBaseUrl: api.origin });
    expect(await download()).toMatchObject({ byteSize: 3 });
  });

  it('serves several at a time', async () => {
    const api = await serving('abc');
    const { download, toPath } = await downloadFolder({ apiBaseUrl: api.origin });
    const paths = Array.from({ length: 10 }, (_, i) => `${toPath}-${i}`);
    const files = await Promise.all(paths.map((path) => download({ toPath: path })));
    expect(files.map(({ byteSize }) => byteSize)).toEqual(paths.map(() => 3));
  });
});

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('with status %i are followed', async (status) => {
    const media = await serving('abc');
    const api = await redirectTo(`${media.origin}/file`, status);
    const { download } = await downloadFolder({
      apiBaseUrl: api.origin,
      redirectHosts: [media.hostPort],
    });
    expect(await download()).toMatchObject({ byteSize: 3 });
    expect(media.requests[0]?.method).toBe('GET');
  });

  /** A media host that redirects to itself, relatively, until `/0`. */
  const countdown = () =>
    httpServer(({ url }, response) => {
      const left = Number(url?.slice(1));
      if (left === 0) response.end('abc');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });

  it.each([
    [3, 'succeeds'],
    [4, 'fails'],
  ])('%i in a row: the download %s', async (redirects, outcome) => {
    const media = await countdown();
    const api = await redirectTo(`${media.origin}/${redirects - 1}`);
    const { download, failure } = await downloadFolder({
      apiBaseUrl: api.origin,
      redirectHosts: [media.hostPort],
    });
    if (outcome === 'succeeds') expect(await download()).toMatchObject({ byteSize: 3 });
    else expect(await failure()).toMatchObject({ code: 'too-many-redirects', retry: 'give-up' });
    expect(media.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it('to a host that is not listed are refused without asking it', async () => {
    const elsewhere = await serving('abc');
    const api = await redirectTo(`${elsewhere.origin}/file?sig=1`);
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin });
    expect(await failure()).toMatchObject({ code: 'refused-redirect', retry: 'give-up' });
    expect(elsewhere.requests).toEqual([]);
  });

  it('from a listed host to one that is not are refused as well', async () => {
    const elsewhere = await serving('abc');
    const media = await redirectTo(`${elsewhere.origin}/file?sig=1`);
    const api = await redirectTo(`${media.origin}/file`);
    const redirectHosts = [media.hostPort];
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin, redirectHosts });
    expect(await failure()).toMatchObject({ code: 'refused-redirect' });
    expect(elsewhere.requests).toEqual([]);
  });

  it('back to the API are refused', async () => {
    const api = await redirectTo('/elsewhere');
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin });
    const error = await failure();
    expect(error).toMatchObject({ code: 'refused-redirect' });
    expect(error.message).toContain('the API itself');
    expect(api.requests).toHaveLength(1);
  });

  it('back to the API go without credentials where it is listed', async () => {
    const api = await httpServer(({ url }, response) => {
      if (url === '/file') response.end('abc');
      else response.writeHead(302, { location: '/file' }).end();
    });
    const redirectHosts = [api.hostPort];
    const { download } = await downloadFolder({ apiBaseUrl: api.origin, redirectHosts });
    expect(await download()).toMatchObject({ byteSize: 3 });
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual([basic, undefined]);
  });

  it.each(['', 'http://', 'https://['])('to "%s" are a bad answer or refused', async (location) => {
    const api = await redirectTo(location);
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin });
    expect(['bad-answer', 'refused-redirect']).toContain((await failure()).code);
  });
});

describe('a large file', () => {
  it('is streamed: the memory in use does not grow with it', async () => {
    const total = 64 * 1024 * 1024;
    const piece = Buffer.alloc(256 * 1024, 'mms');
    const collectGarbage = exposedGc();
    const inUse: number[] = [];
    const api = await httpServer(async (_request, response) => {
      response.writeHead(200, { 'content-length': total });
      for (let sent = 0; sent < total; sent += piece.length) {
        if (!response.write(piece)) await once(response, 'drain');
        if (sent % (4 * 1024 * 1024) !== 0) continue;
        collectGarbage();
        inUse.push(process.memoryUsage().arrayBuffers);
      }
      response.end();
    });
    const { download, toPath } = await downloadFolder({ apiBaseUrl: api.origin, maxBytes: total });
    const file = await download();
    // Freed buffers are swept some time after a collection, so a few pieces always linger.
    expect(Math.max(...inUse) - Math.min(...inUse)).toBeLessThan(total / 2);

    const hash = createHash('sha256');
    for (let sent = 0; sent < total; sent += piece.length) hash.update(piece);
    expect(file).toMatchObject({ sha256: hash.digest('hex'), byteSize: total });
    expect((await stat(toPath)).size).toBe(total);
  });
});

function exposedGc(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}
