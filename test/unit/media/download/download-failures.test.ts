import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { downloadFolder } from '../../../support/download-folder.ts';
import { httpServer, tcpServer } from '../../../support/test-servers.ts';

const later = 'Fri, 31 Dec 9999 23:59:59 GMT';

describe('an answer of', () => {
  it.each([
    [400, {}, { code: 'unexpected-status', retry: 'retry' }],
    [401, {}, { code: 'unauthorized', retry: 'retry' }],
    [403, {}, { code: 'unauthorized', retry: 'retry' }],
    [404, {}, { code: 'not-found', retry: 'retry' }],
    [410, {}, { code: 'gone', retry: 'give-up' }],
    [429, {}, { code: 'rate-limited', retry: 'retry' }],
    [429, { 'retry-after': '7' }, { code: 'rate-limited', retryAfterSeconds: 7 }],
    [429, { 'retry-after': later }, { code: 'rate-limited', retryAfterSeconds: 86_400 }],
    [500, {}, { code: 'upstream-error', retry: 'retry' }],
    [503, { 'retry-after': '30' }, { code: 'upstream-error', retryAfterSeconds: 30 }],
    [204, {}, { code: 'unexpected-status', retry: 'retry' }],
    [206, {}, { code: 'unexpected-status', retry: 'retry' }],
    [300, {}, { code: 'unexpected-status', retry: 'retry' }],
    [304, {}, { code: 'unexpected-status', retry: 'retry' }],
  ])('%i with %j', async (status, headers, expected) => {
    const api = await httpServer((_request, response) => response.writeHead(status, headers).end());
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin });
    const error = await failure();
    expect(error).toMatchObject({ status, ...expected });
    expect(error.message).toContain(`Twilio answered ${status}`);
    expect(error.retryAfterSeconds !== undefined).toBe('retry-after' in headers);
  });

  it('403 from a media host is said to be the link’s fault, not the credentials’', async () => {
    const media = await httpServer((_request, response) => response.writeHead(403).end());
    const location = `${media.origin}/file?sig=1`;
    const api = await httpServer((_request, response) =>
      response.writeHead(307, { location }).end(),
    );
    const redirectHosts = [media.hostPort];
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin, redirectHosts });
    const error = await failure();
    expect(error).toMatchObject({ code: 'link-refused', status: 403 });
    expect(error.message).toContain('media host');
  });

  it('404 with an endless page does not keep the download waiting', async () => {
    const api = await httpServer((_request, response) => {
      response.writeHead(404);
      const more = () => response.write(Buffer.alloc(64 * 1024)) && setImmediate(more);
      response.on('drain', more);
      more();
    });
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin });
    expect(await failure()).toMatchObject({ code: 'not-found' });
  });
});

describe('a body', () => {
  const head = 'HTTP/1.1 200 OK\r\n';
  it.each<[string, string, (socket: Socket) => void]>([
    ['shorter than announced', 'cut-short', (s) => s.end(`${head}Content-Length: 9\r\n\r\nabc`)],
    [
      'without its last chunk',
      'cut-short',
      (s) => s.end(`${head}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`),
    ],
    [
      'without its last chunk, on a connection to be closed',
      'cut-short',
      (s) => s.end(`${head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`),
    ],
    [
      'shorter than announced, on a connection to be closed',
      'cut-short',
      (s) => s.end(`${head}Connection: close\r\nContent-Length: 9\r\n\r\nabc`),
    ],
    ['that never began', 'cut-short', (s) => s.end(`${head}Content-Length: 9\r\n\r\n`)],
    ['behind half a head', 'cut-short', (s) => s.end('HTTP/1.1 200')],
    ['behind no head', 'cut-short', (s) => s.end()],
    [
      'on a connection that is reset',
      'cut-short',
      (s) => s.write(`${head}Content-Length: 9\r\n\r\nabc`, () => s.resetAndDestroy()),
    ],
    ['that is not HTTP', 'bad-answer', (s) => s.end('SSH-2.0-OpenSSH_9.6\r\n\r\n')],
    [
      'behind headers without end',
      'bad-answer',
      (s) => s.end(`${head}X: ${'x'.repeat(99_999)}\r\n\r\nabc`),
    ],
    [
      'with broken chunks',
      'bad-answer',
      (s) => s.end(`${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`),
    ],
  ])('%s', async (_, code, answer) => {
    const api = await tcpServer(answer);
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin });
    expect(await failure()).toMatchObject({ code, retry: 'retry' });
  });

  it.each([
    ['that is empty', 'Content-Length: 0'],
    ['that is empty and unannounced', 'Connection: close'],
    ['that is empty and said to be compressed', 'Content-Encoding: gzip\r\nConnection: close'],
  ])('%s', async (_, headers) => {
    const api = await tcpServer((s) => s.end(`${head}${headers}\r\n\r\n`));
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin });
    expect(await failure()).toMatchObject({ code: 'empty', retry: 'retry-briefly' });
  });

  it('announced over the limit is refused before it is read', async () => {
    const hungUp = Promise.withResolvers<void>();
    const api = await httpServer((_request, response) => {
      response.on('close', hungUp.resolve);
      response.writeHead(200, { 'content-length': 11 }).write('0123456789');
    });
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin, maxBytes: 10 });
    const error = await failure();
    expect(error).toMatchObject({ code: 'too-large', retry: 'give-up' });
    expect(error.message).toContain('10 bytes');
    await hungUp.promise;
  });

  it('unannounced is counted, and hung up on at the limit', async () => {
    const hungUp = Promise.withResolvers<void>();
    const api = await httpServer((_request, response) => {
      response.on('close', hungUp.resolve);
      const more = () => response.write(Buffer.alloc(64 * 1024)) && setImmediate(more);
      response.on('drain', more);
      more();
    });
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin, maxBytes: 300_000 });
    expect(await failure()).toMatchObject({ code: 'too-large', retry: 'give-up' });
    await hungUp.promise;
  });

  const zeros = Buffer.alloc(2_000_000);
  it.each([
    ['too much', 'gzip', gzipSync(zeros), 'too-large', 'give-up'],
    [
      'too much in two layers',
      'br, gzip',
      gzipSync(brotliCompressSync(zeros)),
      'too-large',
      'give-up',
    ],
    ['nothing, without end', 'gzip', gzipNothing(1_100_000), 'too-large', 'give-up'],
    [
      'what is cut short',
      'gzip',
      gzipSync('abc').subarray(0, 15),
      'damaged-encoding',
      'retry-briefly',
    ],
    ['what is no gzip', 'gzip', Buffer.from('abc'), 'damaged-encoding', 'retry-briefly'],
    ['what is no brotli', 'br', Buffer.from('abc'), 'damaged-encoding', 'retry-briefly'],
    ['what is no deflate', 'deflate', Buffer.from('abc'), 'damaged-encoding', 'retry-briefly'],
    ['what nobody knows', 'compress', Buffer.from('abc'), 'unexpected-encoding', 'give-up'],
    ['what JavaScript knows', 'constructor', Buffer.from('abc'), 'unexpected-encoding', 'give-up'],
    ['too many layers', 'gzip, gzip, gzip, gzip', gzipSync('a'), 'unexpected-encoding', 'give-up'],
  ])('that comes compressed, with %s inside', async (_, encoding, bytes, code, retry) => {
    const api = await httpServer((_request, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
    );
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin });
    expect(await failure()).toMatchObject({ code, retry });
  });

  it('that comes compressed and is cut off is tried for as long as others', async () => {
    const bytes = gzipSync(randomBytes(100_000));
    const headers = `Content-Encoding: gzip\r\nContent-Length: ${bytes.length}`;
    const api = await tcpServer((socket) => {
      socket.write(`${head}${headers}\r\n\r\n`);
      socket.end(bytes.subarray(0, 50_000));
    });
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin });
    expect(await failure()).toMatchObject({ code: 'cut-short', retry: 'retry' });
  });
});

describe('what is refused or fails at this end', () => {
  it('a URL that names another host, before anything is sent', async () => {
    const api = await httpServer((_request, response) => response.end('abc'));
    const { failure } = await downloadFolder({ apiBaseUrl: api.origin });
    const error = await failure({ url: 'https://evil.example/x' });
    expect(error).toMatchObject({ code: 'bad-media-url', retry: 'give-up' });
    expect(api.requests).toEqual([]);
  });

  it('a place that cannot be written to', async () => {
    const api = await httpServer((_request, response) => response.end('abc'));
    const { failure, folder } = await downloadFolder({ apiBaseUrl: api.origin });
    const error = await failure({ toPath: join(folder, 'no', 'media') });
    expect(error).toMatchObject({ code: 'disk-error', retry: 'wait' });
  });

  it('a place that is taken, whose file stays', async () => {
    const api = await httpServer((_request, response) => response.end('abc'));
    const { download, toPath } = await downloadFolder({ apiBaseUrl: api.origin });
    await writeFile(toPath, 'older');
    await expect(download()).rejects.toMatchObject({ code: 'disk-error' });
    expect(await readFile(toPath, 'utf8')).toBe('older');
  });

  it('credentials that cannot be had', async () => {
    const cause = new Error('no such account');
    const askTwilio = () => {
      throw cause;
    };
    const { failure } = await downloadFolder({ apiBaseUrl: 'http://127.0.0.1:1', askTwilio });
    expect(await failure()).toMatchObject({ code: 'unexpected', retry: 'retry', cause });
  });
});

/** Streams of no bytes, one after another. */
function gzipNothing(byteSize: number): Buffer {
  const one = gzipSync('');
  return Buffer.concat(Array.from({ length: Math.ceil(byteSize / one.length) }, () => one));
}
