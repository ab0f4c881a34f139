import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { DownloadError } from '../../../../src/media/download/download-error.ts';
import { downloadFolder } from '../../../support/download-folder.ts';
import { httpServer } from '../../../support/test-servers.ts';

/** A server that counts what it is asked. */
async function countingServer() {
  const counted = { requests: 0 };
  const { origin } = await httpServer((_request, response) => {
    counted.requests += 1;
    response.writeHead(200, { 'content-length': 3 }).end('abc');
  });
  return { counted, origin };
}

test('the declared size is admitted before the body is read', async () => {
  const { origin, counted } = await countingServer();
  const { download, toPath } = await downloadFolder({ apiBaseUrl: origin });
  const asked: (number | null)[] = [];
  await download({
    admit: async (bytes) => void asked.push(bytes),
  });
  expect(asked).toEqual([3]);
  expect(counted.requests).toBe(1);
  expect(await readFile(toPath, 'utf8')).toBe('abc');
});

test('the size of a compressed body is unknown', async () => {
  const { origin } = await httpServer((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('abc'));
  });
  const { download } = await downloadFolder({ apiBaseUrl: origin });
  const asked: (number | null)[] = [];
  await download({
    admit: async (bytes) => void asked.push(bytes),
  });
  expect(asked).toEqual([null]);
});

test('a connection does not wait for long: it is closed, and opened again when there is a place', async () => {
  const { origin, counted } = await countingServer();
  const timeouts = { holdMs: 20, totalMs: 5000 };
  const { download, toPath } = await downloadFolder({ apiBaseUrl: origin, timeouts });
  const place = Promise.withResolvers<void>();
  let asked = 0;
  const downloading = download({
    admit: async () => {
      asked += 1;
      setTimeout(place.resolve, 200);
      await place.promise;
    },
  });
  expect(await downloading).toMatchObject({ byteSize: 3 });
  expect(asked).toBe(1);
  expect(counted.requests).toBe(2);
  expect(await readFile(toPath, 'utf8')).toBe('abc');
});

test('who stops while it waits ends at once', async () => {
  const { origin } = await countingServer();
  const { failure } = await downloadFolder({ apiBaseUrl: origin, timeouts: { holdMs: 20 } });
  const stopping = new AbortController();
  setTimeout(() => stopping.abort(new Error('the process is stopping')), 100);
  const error = await failure({
    signal: stopping.signal,
    admit: (_bytes, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  });
  expect(error.code).toBe('aborted');
});

test('a refusal to wait ends the download', async () => {
  const { origin } = await countingServer();
  const { failure } = await downloadFolder({ apiBaseUrl: origin });
  const refusal = new DownloadError('too-many-large', 'It waits for its turn');
  expect(await failure({ admit: () => Promise.reject(refusal) })).toBe(refusal);
});
