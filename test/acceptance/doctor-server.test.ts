import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkReadiness } from '../../src/doctor/check-readiness.ts';
import { checkServer } from '../../src/doctor/check-server.ts';
import { parseS3Url } from '../../src/files/s3/s3-location.ts';
import { standIn } from '../support/stand-in-server.ts';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const NOBODY = 'http://127.0.0.1:2';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

describe('the running server', () => {
  const store = () => ({
    blobFolder: join(inbox.dataDir, 'blobs'),
    s3: inbox.s3Url === undefined ? undefined : parseS3Url(inbox.s3Url),
  });
  const elsewhere = () => ({ blobFolder: join(inbox.dataDir, 'elsewhere'), s3: undefined });
  const check = (more: { url?: string; adminApiKey?: string; from?: typeof store } = {}) => {
    const { url = inbox.url, adminApiKey = ADMIN_KEY, from = store } = more;
    const { hostname: host, port } = new URL(url);
    return checkServer({ host, port: Number(port), adminApiKey, ...from(), formerS3: [] });
  };

  test('that has the same key and files is fine', async () => {
    expect(await check()).toMatchObject([{ state: 'ok' }, { state: 'ok', detail: 'none yet' }]);
    const attachments = [{ bytes: Buffer.from('a note'), contentType: 'text/plain' }];
    const { message } = await inbox.receive({ attachments });
    await inbox.mediaOf(message.sid, 'stored');
    expect(await check()).toMatchObject([
      { state: 'ok' },
      { state: 'ok', detail: expect.stringMatching(/^the newest is in ./) },
    ]);
  });

  test('that has others is told, and by which variable', async () => {
    expect(await check({ adminApiKey: 'another-key' })).toMatchObject([
      { state: 'failed', remedy: expect.stringContaining('ADMIN_API_KEY') },
    ]);
    expect(await check({ from: elsewhere })).toMatchObject([
      { state: 'ok' },
      { state: 'failed', remedy: expect.stringContaining('BLOB_STORE_URL') },
    ]);
  });

  test('that does not answer, or as another program, is not judged', async () => {
    expect(await check({ url: NOBODY })).toMatchObject([{ state: 'skipped' }]);
    const url = await standIn((_request, response) => response.writeHead(404).end());
    expect(await check({ url })).toMatchObject([{ state: 'skipped' }]);
  });
});

describe('its parts', () => {
  const check = (url: string, adminApiKey: string | undefined) => {
    const { hostname: host, port } = new URL(url);
    return checkReadiness({ host, port: Number(port), adminApiKey, opsToken: undefined });
  };

  test('that all work are one finding', async () => {
    for (const key of [ADMIN_KEY, undefined]) {
      expect(await check(inbox.url, key)).toMatchObject([{ state: 'ok' }]);
    }
  });

  test('that do not are told each, a worker that is gone with what to do', async () => {
    const workers = 'degraded: no worker has been alive since 2026-01-31T10:00:00.000Z';
    const keys: (string | undefined)[] = [];
    const url = await standIn((request, response) => {
      keys.push(request.headers.authorization);
      const parts = { database: 'unavailable', workers, blobs: 'ok' };
      response.writeHead(503).end(JSON.stringify({ status: 'not ready', parts }));
    });
    expect(await check(url, 'a-key')).toMatchObject([
      { state: 'failed', name: 'database of the running server' },
      { state: 'warning', detail: workers, remedy: expect.stringContaining('ROLES') },
    ]);
    expect(keys).toEqual(['Bearer a-key']);
  });

  test('that it does not tell without a key are one finding, with what to set', async () => {
    const url = await standIn((_request, response) => {
      response.writeHead(200).end(JSON.stringify({ status: 'degraded' }));
    });
    expect(await check(url, undefined)).toMatchObject([
      { state: 'warning', remedy: expect.stringContaining('OPS_TOKEN') },
    ]);
  });

  test('that nobody tells are not judged', async () => {
    expect(await check(NOBODY, ADMIN_KEY)).toMatchObject([{ state: 'skipped' }]);
    const url = await standIn((_request, response) => response.writeHead(404).end());
    expect(await check(url, ADMIN_KEY)).toMatchObject([{ state: 'skipped' }]);
  });
});
