import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const ACCESS_KEY = { id: 'strict-access-key', secret: 'strict-secret-key' };

const MAX_SKEW_MS = 15 * 60_000;

/** Why S3 refuses a request. */
export interface Refusal {
  status: number;
  code: string;
}

/**
 * Verifies AWS Signature Version 4, in the header or (pre-signed) in the query, written from Amazon's description of it:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 *
 * @param now the clock of the server, in milliseconds
 * @returns null when it is right
 */
export function refuseSignature(
  request: IncomingMessage,
  body: Buffer,
  now: number,
): Refusal | null {
  const url = new URL(request.url ?? '', 'http://host');
  const isPresigned = url.searchParams.has('X-Amz-Signature');
  const given = isPresigned ? fromQuery(url) : fromHeader(request);
  if (given === null) return { status: 403, code: 'AccessDenied' };
  const [id, day, region, service, end] = given.credential.split('/');
  if (id !== ACCESS_KEY.id) return { status: 403, code: 'InvalidAccessKeyId' };
  const signedAt = parseDate(given.date);
  if (isPresigned && now > signedAt + given.seconds * 1000) {
    return { status: 403, code: 'AccessDenied' };
  }
  if (!isPresigned && Math.abs(now - signedAt) > MAX_SKEW_MS) {
    return { status: 403, code: 'RequestTimeTooSkewed' };
  }
  const hash = isPresigned ? 'UNSIGNED-PAYLOAD' : String(request.headers['x-amz-content-sha256']);
  if (/^[0-9a-f]{64}$/.test(hash) && hash !== sha256(body)) {
    return { status: 400, code: 'XAmzContentSHA256Mismatch' };
  }
  const query = [...url.searchParams]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const headers = given.signedHeaders.map(
    (name) => `${name}:${String(request.headers[name]).trim()}\n`,
  );
  const canonical = [
    request.method,
    url.pathname,
    query,
    headers.join(''),
    given.signedHeaders.join(';'),
    hash,
  ].join('\n');
  const toSign = `AWS4-HMAC-SHA256\n${given.date}\n${day}/${region}/${service}/${end}\n${sha256(canonical)}`;
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(String(part)).digest(),
    `AWS4${ACCESS_KEY.secret}`,
  );
  const signature = createHmac('sha256', key).update(toSign).digest('hex');
  return signature === given.signature ? null : { status: 403, code: 'SignatureDoesNotMatch' };
}

function fromHeader({ headers }: IncomingMessage) {
  const [, credential = '', signedHeaders = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(
      headers.authorization ?? '',
    ) ?? [];
  if (signature === '') return null;
  const date = String(headers['x-amz-date']);
  return { credential, signedHeaders: signedHeaders.split(';'), signature, date, seconds: 0 };
}

function fromQuery({ searchParams }: URL) {
  const read = (name: string) => searchParams.get(name) ?? '';
  return {
    credential: read('X-Amz-Credential'),
    signedHeaders: read('X-Amz-SignedHeaders').split(';'),
    signature: read('X-Amz-Signature'),
    date: read('X-Amz-Date'),
    seconds: Number(read('X-Amz-Expires')),
  };
}

/** `20261130T070000Z` in milliseconds. */
function parseDate(text: string): number {
  return Date.parse(text.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
