import { randomBytes } from 'node:crypto';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { checkClock } from '../../src/doctor/check-clock.ts';
import { checkCredentials } from '../../src/doctor/check-credentials.ts';
import { checkDatabase } from '../../src/doctor/check-database.ts';
import { checkBlobs, checkDiskSpace } from '../../src/doctor/check-folders.ts';
import { checkScan } from '../../src/doctor/check-scan.ts';
import { startFakeClamd } from '../support/fake-clamd.ts';
import { standIn } from '../support/stand-in-server.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { ACCOUNT, OTHER_ACCOUNT, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const main = { accountSid: ACCOUNT.sid, authToken: ACCOUNT.authToken };
const NO_SERVER = {
  databaseUrl: undefined,
  databaseDirectUrl: undefined,
  adminApiKey: undefined,
  opsToken: undefined,
};
const NOBODY = 'http://127.0.0.1:2';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

describe('the clock', () => {
  test.each([
    [-120, 'warning', /^1(19|20|21) s ahead of /],
    [120, 'warning', /^1(19|20|21) s behind /],
    [30, 'ok', /^(29|30|31) s behind /],
  ])('by an answer dated %i s from now', async (seconds, state, detail) => {
    const url = await standIn((_request, response) => {
      response.setHeader('Date', new Date(Date.now() + seconds * 1000).toUTCString());
      response.end();
    });
    const finding = await checkClock(url);
    expect(finding).toMatchObject({ state });
    expect(finding.detail).toMatch(detail);
  });

  test('is not judged without an answer, or without a date', async () => {
    expect(await checkClock(NOBODY)).toMatchObject({ state: 'skipped' });
    const url = await standIn((_request, response) => {
      response.sendDate = false;
      response.end();
    });
    expect(await checkClock(url)).toMatchObject({ state: 'skipped' });
  });
});

describe('credentials', () => {
  const check = (more: object) =>
    checkCredentials({
      accountTokens: [main],
      tokensFile: undefined,
      twilioApiKey: undefined,
      twilioApiBaseUrl: inbox.twilio.apiBaseUrl,
      ...more,
    });

  test('that work are said to', async () => {
    const other = { accountSid: OTHER_ACCOUNT.sid, authToken: OTHER_ACCOUNT.authToken };
    const found = await check({ accountTokens: [main, other] });
    expect(found.map(({ state }) => state)).toEqual(['ok', 'ok']);
  });

  test.each([
    [
      'an API key',
      { twilioApiKey: { sid: `SK${'0'.repeat(32)}`, secret: 'x' } },
      0,
      /TWILIO_API_KEY_SID and/,
    ],
    ['the auth token', { accountTokens: [{ ...main, authToken: 'x' }] }, 0, /TWILIO_AUTH_TOKEN:/],
    [
      'the token of a subaccount',
      { accountTokens: [main, { accountSid: OTHER_ACCOUNT.sid, authToken: 'x' }] },
      1,
      /TWILIO_AUTH_TOKENS \(pair 1\)/,
    ],
    [
      'a token of the file',
      { tokensFile: { path: '', tokens: [{ accountSid: OTHER_ACCOUNT.sid, authToken: 'x' }] } },
      1,
      /TWILIO_AUTH_TOKENS_FILE \(pair 1\)/,
    ],
  ])('%s that Twilio refuses names its variable', async (_name, more, position, remedy) => {
    const found = await check(more);
    expect(found[position]).toMatchObject({
      state: 'failed',
      remedy: expect.stringMatching(remedy),
    });
    expect(found.filter(({ state }) => state === 'failed')).toHaveLength(1);
  });

  test('a token beside one that works is a warning', async () => {
    const found = await check({ accountTokens: [main, { ...main, authToken: 'retired' }] });
    expect(found.map(({ state }) => state)).toEqual(['ok', 'warning']);
  });

  test.each([
    [403, 'failed', /permission to read/],
    [429, 'skipped', /later/],
    [500, 'failed', /status\.twilio\.com/],
    [301, 'failed', /TWILIO_API_BASE_URL/],
  ])('an answer of %i', async (status, state, remedy) => {
    const twilioApiBaseUrl = await standIn((_request, response) => {
      response.writeHead(status, { location: 'http://elsewhere.invalid/' }).end();
    });
    const [finding] = await check({ twilioApiBaseUrl });
    expect(finding).toMatchObject({ state, remedy: expect.stringMatching(remedy) });
  });

  test('no answer', async () => {
    const [finding] = await check({ twilioApiBaseUrl: NOBODY });
    expect(finding).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('the disk', () => {
  const MIB = 1024 ** 2;
  test.each([
    [1024 * MIB, 'ok', '1,024 MiB'],
    [1024 * MIB - 1, 'warning', '1,023 MiB'],
    [100 * MIB, 'warning', '100 MiB'],
    [100 * MIB - 1, 'failed', '99 MiB'],
  ])('with %i bytes free', async (free, state, detail) => {
    const finding = await checkDiskSpace(inbox.dataDir, async () => free);
    expect(finding).toMatchObject({ state, detail: expect.stringContaining(detail) });
  });

  test('of a folder that is not there yet is that of the one above', async () => {
    const finding = await checkDiskSpace(join(inbox.dataDir, 'not', 'there'));
    expect(finding.detail).toMatch(/MiB are free/);
  });

  test('files are written where a folder is, and no folder is made', async () => {
    const folder = join(inbox.dataDir, 'no-blobs-yet');
    expect(await checkBlobs(folder)).toMatchObject({ state: 'ok' });
    await expect(stat(folder)).rejects.toThrow('ENOENT');
    await mkdir(folder);
    expect(await checkBlobs(folder)).toMatchObject({ state: 'ok' });
    await writeFile(join(inbox.dataDir, 'a-file'), '');
    const inTheWay = await checkBlobs(join(inbox.dataDir, 'a-file', 'blobs'));
    expect(inTheWay).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('is a file'),
    });
  });
});

describe('the database', () => {
  const embedded = (dataDir: string, url = NOBODY) => {
    const { hostname: host, port } = new URL(url);
    return checkDatabase({ ...NO_SERVER, dataDir, host, port: Number(port) });
  };

  test('that a start would make is fine, and is not made', async () => {
    const folder = join(inbox.dataDir, `new-${randomBytes(4).toString('hex')}`);
    expect(await embedded(folder)).toMatchObject({ state: 'ok' });
    await expect(stat(folder)).rejects.toThrow('ENOENT');
  });

  test.skipIf(process.env.TEST_DATABASE_URL)(
    'that a server holds is asked through it',
    async () => {
      expect(await embedded(inbox.dataDir, inbox.url)).toMatchObject({
        state: 'ok',
        detail: expect.stringContaining('a running server holds'),
      });
      expect(await embedded(inbox.dataDir)).toMatchObject({ state: 'warning' });
      const sick = await standIn((_request, response) => {
        response.writeHead(503).end('{"parts":{"database":"unavailable"}}');
      });
      expect(await embedded(inbox.dataDir, sick)).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('says "unavailable"'),
      });
    },
  );

  test.skipIf(process.env.TEST_DATABASE_URL)('that no server holds is opened', async () => {
    const idle = await createTestDatabase();
    try {
      expect(await embedded(idle.dataDir)).toMatchObject({
        state: 'ok',
        detail: expect.stringContaining('no server is running on it'),
      });
    } finally {
      await idle.remove();
    }
  });

  test('on a server that does not answer', async () => {
    const databaseUrl = 'postgres://user:hunter2@127.0.0.1:2/mms';
    const finding = await checkDatabase({
      ...NO_SERVER,
      databaseUrl,
      dataDir: '',
      host: '',
      port: 0,
    });
    expect(finding).toMatchObject({
      state: 'failed',
      remedy: expect.stringContaining('DATABASE_URL'),
    });
    expect(finding.detail).not.toContain('hunter2');
  });
});

describe('the classifier', () => {
  const options = { token: undefined, content: 'original', timeoutSeconds: 5 } as const;
  const check = (url: string, failure: 'hold' | 'allow' = 'hold', mediaMaxBytes = 1000) =>
    checkScan({ scan: { ...options, url, failure }, mediaMaxBytes });

  test('is shown a picture, where there is one', async () => {
    expect(await checkScan({ scan: undefined, mediaMaxBytes: 1000 })).toEqual([]);
    const url = await standIn((request, response) => {
      const isPicture = request.headers['content-type'] === 'image/gif';
      response.end(JSON.stringify({ action: isPicture ? 'allow' : 'delete' }));
    });
    expect(await check(url)).toMatchObject([{ state: 'ok', detail: `${url} answers: allow` }]);
  });

  test('that fails is told, with what happens meanwhile', async () => {
    const [finding] = await check(NOBODY, 'allow');
    expect(finding).toMatchObject({
      state: 'failed',
      detail: `${NOBODY}: the request failed (ECONNREFUSED)`,
      remedy: expect.stringContaining('pass without a scan'),
    });
  });

  test('clamd is named by its address, and asked whether it takes the largest attachment', async () => {
    const clamd = await startFakeClamd({ streamMaxLength: 1000 });
    onTestFinished(() => clamd.stop());
    expect(await check(clamd.url)).toMatchObject([
      { state: 'ok', detail: `${clamd.url} answers: allow` },
    ]);
    expect(await check(clamd.url, 'hold', 1001)).toMatchObject([
      { state: 'ok' },
      { state: 'warning', remedy: expect.stringContaining('StreamMaxLength') },
    ]);
    await clamd.stop();
    expect(await check(clamd.url)).toMatchObject([
      { state: 'failed', detail: `${clamd.url}: the request failed (ECONNREFUSED)` },
    ]);
    expect(await check('clamd:///no/such/clamd%20socket')).toMatchObject([
      {
        state: 'failed',
        detail: 'clamd:///no/such/clamd socket: the request failed (ENOENT)',
      },
    ]);
  });
});
