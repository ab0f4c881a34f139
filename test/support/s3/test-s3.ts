import { randomBytes } from 'node:crypto';
import { startFauxqs } from 'fauxqs';

/** A bucket for tests: a prefix of its own in that of TEST_S3_URL, or an S3 server in this process. */
export interface TestS3 {
  /** For BLOB_STORE_URL. */
  url: string;
  stop(): Promise<void>;
}

/** TEST_BLOBS=s3: the same tests with the files in a bucket. */
export const IN_BUCKET = process.env.TEST_BLOBS === 's3';

const BUCKET = 'mms-inbox-test';

/** Where TEST_S3_URL points, the SDK finds credentials; a server in this process takes any. */
export async function startTestS3(): Promise<TestS3> {
  const given = process.env.TEST_S3_URL;
  if (given !== undefined) return { url: withPrefix(given), stop: async () => undefined };
  process.env.AWS_ACCESS_KEY_ID ??= 'any';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'any';
  const server = await startFauxqs({
    port: 0,
    host: '127.0.0.1',
    logger: false,
    init: { buckets: [BUCKET] },
  });
  const endpoint = `http://127.0.0.1:${server.port}`;
  return { url: withPrefix(`s3://${BUCKET}?endpoint=${endpoint}`), stop: () => server.stop() };
}

function withPrefix(url: string): string {
  const [place = '', parameters = ''] = url.split('?');
  return `${place.replace(/\/$/, '')}/test-${randomBytes(6).toString('hex')}?${parameters}`;
}
