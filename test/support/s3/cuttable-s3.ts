import { parseS3Url } from '../../../src/files/s3/s3-location.ts';
import { type CuttableProxy, startCuttableProxy } from '../cuttable-proxy.ts';
import { startTestS3 } from './test-s3.ts';

/** A bucket for tests behind a proxy, so that it can be out of reach. */
export interface CuttableS3 {
  /** For BLOB_STORE_URL. */
  url: string;
  /** The same objects, always within reach. */
  directUrl: string;
  /** The credentials, for the environment of a process. */
  env: Record<string, string>;
  proxy: CuttableProxy;
  stop(): Promise<void>;
}

/** @throws Error when TEST_S3_URL names no endpoint that is `http://` on this machine */
export async function startCuttableS3(): Promise<CuttableS3> {
  const s3 = await startTestS3();
  const { endpoint = '' } = parseS3Url(s3.url);
  const { protocol, hostname, port } = new URL(endpoint);
  if (protocol !== 'http:' || hostname !== '127.0.0.1') {
    throw new Error(`the proxy connects to http://127.0.0.1 only, not to ${endpoint}`);
  }
  const proxy = await startCuttableProxy(Number(port || 80));
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = process.env;
  return {
    url: s3.url.replace(endpoint, `http://127.0.0.1:${proxy.port}`),
    directUrl: s3.url,
    env: { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY },
    proxy,
    async stop() {
      await proxy.close();
      await s3.stop();
    },
  };
}
