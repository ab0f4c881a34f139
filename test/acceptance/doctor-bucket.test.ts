import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkBucket } from '../../src/doctor/check-bucket.ts';
import { checkServer } from '../../src/doctor/check-server.ts';
import { parseS3Url } from '../../src/files/s3/s3-location.ts';
import { NO_CREDENTIALS } from '../support/s3/no-credentials.ts';
import { type StrictS3, startStrictS3 } from '../support/s3/strict-s3.ts';
import { ADMIN_KEY, startTestInbox } from '../support/test-inbox.ts';

let s3: StrictS3;
beforeEach(async () => {
  s3 = await startStrictS3('mms');
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await s3.stop();
});

const check = () => checkBucket(parseS3Url(s3.url));

test('a bucket that works is fine, but for what a lifecycle rule should remove', async () => {
  expect(await check()).toMatchObject([
    { state: 'ok', detail: 's3://strict-bucket/mms/ can be written and read' },
    { state: 'ok', detail: 'none' },
    { state: 'warning', remedy: expect.stringContaining('AbortIncompleteMultipartUpload') },
  ]);
  expect(s3.objects().size).toBe(0);
});

test('versions are told, and fail where they cannot be deleted', async () => {
  s3.bucket = 'versioned';
  const [, versions] = await check();
  expect(versions).toMatchObject({ state: 'ok', detail: expect.stringContaining('all versions') });
  expect(s3.versions()).toBe(0);
  s3.bucket = 'locked';
  const [, locked] = await check();
  expect(locked).toMatchObject({
    state: 'failed',
    detail: expect.stringContaining('Versions of the object stay in the bucket'),
    remedy: expect.stringContaining('s3:DeleteObjectVersion'),
  });
});

test.each([
  ['html', /does not answer as S3 does/],
  ['other-region', /set region=eu-north-1/],
  [{ status: 404, code: 'NoSuchBucket' }, /does not exist/],
  [{ status: 403, code: 'AccessDenied' }, /do not allow it/],
] as const)('a bucket that does not work fails with the reason: %j', async (fault, detail) => {
  s3.fail(/^PUT/, fault);
  expect(await check()).toMatchObject([{ state: 'failed', detail: expect.stringMatching(detail) }]);
});

test('missing credentials fail with what to set', async () => {
  for (const [name, value] of Object.entries(NO_CREDENTIALS)) vi.stubEnv(name, value);
  expect(await check()).toMatchObject([
    {
      state: 'failed',
      detail: expect.stringContaining(
        'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use a role',
      ),
    },
  ]);
});

test('a server that keeps its files elsewhere is told', async () => {
  const inbox = await startTestInbox({ BLOB_STORE_URL: s3.url });
  try {
    const attachments = [{ bytes: Buffer.from('a note'), contentType: 'text/plain' }];
    const { message } = await inbox.receive({ attachments });
    await inbox.mediaOf(message.sid, 'stored');
    const { hostname: host, port } = new URL(inbox.url);
    const ask = (url: string) =>
      checkServer({
        host,
        port: Number(port),
        adminApiKey: ADMIN_KEY,
        blobFolder: inbox.dataDir,
        s3: parseS3Url(url),
        formerS3: [],
      });
    const found = { state: 'ok', detail: 'the newest is in s3://strict-bucket/mms/' };
    expect(await ask(s3.url)).toMatchObject([{ state: 'ok' }, found]);
    const other = s3.url.replace('/mms?', '/other?');
    expect(await ask(other)).toMatchObject([{ state: 'ok' }, { state: 'failed' }]);
  } finally {
    await inbox.stop();
  }
});
