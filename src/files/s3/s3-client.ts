import { S3Client } from '@aws-sdk/client-s3';
import type { S3Location } from './s3-location.ts';

const TIMEOUTS = {
  connectionTimeout: 5000,
  // Until an answer begins: a part of 8 MiB takes as long at 140 KB/s.
  requestTimeout: 60_000,
  throwOnRequestTimeout: true,
  // Without a byte. No shorter than STALL_MS: the body of an answer waits for a client of ours that reads nothing.
  socketTimeout: 90_000,
};
// Each read of a client of ours takes one for as long as it reads.
const CONNECTIONS = { maxSockets: 128 };
// With pauses of up to a second or so, that are longer after 503 SlowDown.
const TRIES = 4;
// Servers other than AWS ignore the region, but it is part of the signature.
const ANY_REGION = 'us-east-1';

/** The AWS SDK for one store, with its credentials by the SDK's own chain. */
export function createS3Client({ region, endpoint, pathStyle }: S3Location): S3Client {
  const named = region ?? (endpoint === undefined ? undefined : ANY_REGION);
  return new S3Client({
    ...(named === undefined ? {} : { region: named }),
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: pathStyle,
    maxAttempts: TRIES,
    requestHandler: { ...TIMEOUTS, httpAgent: CONNECTIONS, httpsAgent: CONNECTIONS },
    // Uploads name their own checksum; other servers may not know the ones that the SDK would add.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}
