import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AttachmentFault } from '../../../src/simulator/faults.ts';
import {
  ACCOUNT,
  attachment,
  basic,
  call,
  locationOf,
  startSimulator,
} from '../../support/test-simulator.ts';

async function mediaWith(...faults: AttachmentFault[]) {
  const simulator = await startSimulator();
  const upstream = attachment(...faults);
  const [media] = simulator.createMessage({ attachments: [upstream] }).media;
  if (!media) throw new Error('no media');
  return { simulator, media, bytes: Buffer.from(upstream.bytes) };
}

const bytesOf = async (response: Response): Promise<Buffer> =>
  Buffer.from(await response.arrayBuffer());

afterEach(() => {
  vi.useRealTimers();
});

describe('a link', () => {
  it('gives the bytes, with type and length', async () => {
    const { simulator, media, bytes } = await mediaWith();
    const response = await fetch(await locationOf(media.url));
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('content-length')).toBe('200');
    expect(await bytesOf(response)).toEqual(bytes);
    expect(simulator.requests[1]).toMatchObject({
      server: 'media',
      status: 200,
      authorized: false,
      mediaSid: media.sid,
    });
  });

  it('refuses any request with an Authorization header, as S3 does', async () => {
    const { simulator, media } = await mediaWith();
    const headers = basic(ACCOUNT.sid, ACCOUNT.authToken);
    const response = await fetch(await locationOf(media.url), { headers });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/xml');
    expect(await response.text()).toContain('<Error><Code>InvalidArgument</Code>');
    expect(simulator.requests[1]).toMatchObject({ status: 400, authorized: true });
  });

  it.each([
    ['unknown', (link: string) => link.replace(/[0-9a-f]{64}/, '0'.repeat(64))],
    ['altered', (link: string) => link.replace(/Expires=\d+/, 'Expires=9999999999')],
  ])('is refused when %s', async (_name, change) => {
    const { media } = await mediaWith();
    expect((await fetch(change(await locationOf(media.url)))).status).toBe(403);
  });

  it('is refused after four hours', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { media } = await mediaWith();
    const link = await locationOf(media.url);
    vi.setSystemTime(Date.now() + 4 * 3_600_000 - 1000);
    expect((await fetch(link)).status).toBe(200);
    vi.setSystemTime(Date.now() + 2000);
    expect((await fetch(link)).status).toBe(403);
  });

  it('leads nowhere once the media is deleted', async () => {
    const { media } = await mediaWith();
    const link = await locationOf(media.url);
    await call(media.url, { method: 'DELETE' });
    const response = await fetch(link);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('<Code>NoSuchKey</Code>');
  });

  it.each(['HEAD', 'POST', 'DELETE'])('does not take %s', async (method) => {
    const { media } = await mediaWith();
    expect((await fetch(await locationOf(media.url), { method })).status).toBe(405);
  });
});

describe('faults at the API', () => {
  it('answers 404 at first', async () => {
    const { media } = await mediaWith({ kind: 'not-found', times: 1 });
    const first = await call(media.url);
    expect(await first.json()).toMatchObject({ code: 20404, status: 404 });
    expect((await call(media.url)).status).toBe(307);
  });

  it.each([
    [429, 20429],
    [503, 20503],
  ])('answers %i with code %i and Retry-After', async (status, code) => {
    const { media } = await mediaWith({ kind: 'status', status, retryAfterSeconds: 7 });
    const response = await call(media.url);
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.json()).toMatchObject({ code, status });
  });

  it('redirects wherever it is told', async () => {
    const location = 'http://169.254.169.254/latest/meta-data/';
    const { media } = await mediaWith({ kind: 'redirect', location });
    expect(await locationOf(media.url)).toBe(location);
  });

  it('refuses to delete too early', async () => {
    const { simulator, media } = await mediaWith({
      kind: 'delete-status',
      status: 409,
      code: 20009,
      times: 1,
    });
    const early = await call(media.url, { method: 'DELETE' });
    expect(early.status).toBe(409);
    expect(await early.json()).toMatchObject({ code: 20009 });
    expect(simulator.mediaExists(media.sid)).toBe(true);
    expect((await call(media.url, { method: 'DELETE' })).status).toBe(204);
  });
});

describe('faults at the media host', () => {
  it('cuts a transfer off, and gives it whole the next time', async () => {
    const { simulator, media, bytes } = await mediaWith({ kind: 'cut', afterBytes: 50, times: 1 });
    const link = await locationOf(media.url);
    const cut = await fetch(link);
    const reader = cut.body?.getReader();
    const got: Uint8Array[] = [];
    const readAll = async (): Promise<void> => {
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
        got.push(part.value);
      }
    };
    expect(cut.headers.get('content-length')).toBe('200');
    await expect(readAll()).rejects.toThrow(TypeError);
    expect(Buffer.concat(got)).toEqual(bytes.subarray(0, 50));
    expect(simulator.requests[1]).toMatchObject({ status: 200, completed: false });
    expect(await bytesOf(await fetch(link))).toEqual(bytes);
  });

  it('sends slowly', async () => {
    const { media, bytes } = await mediaWith({ kind: 'slow', bytesPerSecond: 500 });
    const link = await locationOf(media.url);
    const start = performance.now();
    expect(await bytesOf(await fetch(link))).toEqual(bytes);
    expect(performance.now() - start).toBeGreaterThan(300);
  });

  it('falls silent before the head', async () => {
    const { simulator, media } = await mediaWith({ kind: 'hang' });
    const link = await locationOf(media.url);
    const silent = expect(fetch(link)).rejects.toThrow(TypeError);
    await vi.waitFor(() => expect(simulator.requests).toHaveLength(2));
    expect(simulator.requests[1]).toMatchObject({ status: null, completed: false });
    await simulator.stop();
    await silent;
  });

  it('falls silent in the middle', async () => {
    const { simulator, media, bytes } = await mediaWith({ kind: 'hang', afterBytes: 20 });
    const response = await fetch(await locationOf(media.url));
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? [])).toEqual(bytes.subarray(0, 20));
    await simulator.stop();
    await expect(reader?.read()).rejects.toThrow(TypeError);
  });

  it('lies about the type', async () => {
    const { media } = await mediaWith({ kind: 'wrong-type', contentType: 'text/html' });
    const response = await fetch(await locationOf(media.url));
    expect(response.headers.get('content-type')).toBe('text/html');
  });

  it('answers with a status', async () => {
    const { media } = await mediaWith({ kind: 'media-status', status: 503, times: 1 });
    const link = await locationOf(media.url);
    expect((await fetch(link)).status).toBe(503);
    expect((await fetch(link)).status).toBe(200);
  });
});
