/** Where the objects of a store are, and how they are written. */
export interface S3Location {
  bucket: string;
  /** Before the path of every object; empty, or ending with `/`. */
  prefix: string;
  /** Undefined: as the AWS SDK finds it (`AWS_REGION`, a profile). */
  region: string | undefined;
  /** The URL of a server other than AWS. */
  endpoint: string | undefined;
  /** Whether the bucket is in the path of URLs, and not in their host name. */
  pathStyle: boolean;
  /** Server-side encryption. Undefined: the bucket's own setting. */
  encryption: (typeof ENCRYPTIONS)[number] | undefined;
  kmsKeyId: string | undefined;
  storageClass: string | undefined;
}

const ENCRYPTIONS = ['AES256', 'aws:kms', 'aws:kms:dsse'] as const;
const PARAMETERS = ['region', 'endpoint', 'path-style', 'sse', 'sse-kms-key-id', 'storage-class'];
// Objects of these have to be restored, for hours, before they can be read.
const ARCHIVES = ['GLACIER', 'DEEP_ARCHIVE'];
// As AWS requires it of general purpose buckets.
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
// A folder of the prefix. These characters are the same in a key, a URL and a signature.
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9!_.-]+$/;

/** What is wrong with an `s3://` URL; the text completes "it needs". */
export class S3UrlError extends Error {
  constructor(needs: string) {
    super(needs);
    this.name = 'S3UrlError';
  }
}

/**
 * Reads `s3://bucket/prefix?region=…&endpoint=…`. One slash at the end of the prefix makes no difference.
 *
 * @throws S3UrlError
 */
export function parseS3Url(text: string): S3Location {
  const url = URL.parse(text);
  if (url?.protocol !== 's3:') throw new S3UrlError('an s3://bucket/prefix URL');
  if (url.username !== '' || url.password !== '') {
    throw new S3UrlError(
      'no credentials in the URL: the AWS SDK finds them in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile ' +
        'or a role',
    );
  }
  if (url.port !== '' || url.hash !== '') {
    throw new S3UrlError('s3://bucket/prefix without a port or #: the server is ?endpoint=');
  }
  // Not the host name of the URL, which is in lower case.
  const bucket = /^s3:\/\/([^/?]*)/i.exec(text)?.[1] ?? '';
  if (!BUCKET.test(bucket)) {
    throw new S3UrlError(
      'the name of a bucket after s3://: 3 to 63 lower-case letters, digits, dots and hyphens',
    );
  }
  return { bucket, prefix: readPrefix(text), ...readParameters(url.searchParams) };
}

/** Read from the text, because `URL` resolves `..` and `.` silently. */
function readPrefix(text: string): string {
  const path = /^s3:\/\/[^/?]*\/?([^?#]*)/i.exec(text)?.[1] ?? '';
  const prefix = path.replace(/\/$/, '');
  if (prefix === '' && path === '') return '';
  if (!prefix.split('/').every((segment) => SEGMENT.test(segment))) {
    throw new S3UrlError(
      'a prefix of folders with letters, digits and !_.- between single slashes, as s3://bucket/mms/files',
    );
  }
  return `${prefix}/`;
}

function readParameters(parameters: URLSearchParams): Omit<S3Location, 'bucket' | 'prefix'> {
  for (const name of parameters.keys()) {
    if (!PARAMETERS.includes(name)) {
      throw new S3UrlError(`only these parameters: ${PARAMETERS.join(', ')}`);
    }
  }
  const read = (name: string) => parameters.get(name) || undefined;
  const endpoint = read('endpoint');
  if (endpoint !== undefined && !isEndpoint(endpoint)) {
    throw new S3UrlError(
      'an endpoint such as https://s3.example.com, without credentials and path',
    );
  }
  const sse = read('sse');
  const encryption = ENCRYPTIONS.find((name) => name === sse);
  if (sse !== encryption) throw new S3UrlError(`sse of ${ENCRYPTIONS.join(', ')}`);
  const kmsKeyId = read('sse-kms-key-id');
  if (kmsKeyId !== undefined && !encryption?.startsWith('aws:kms')) {
    throw new S3UrlError('sse=aws:kms together with sse-kms-key-id');
  }
  const storageClass = read('storage-class');
  if (storageClass !== undefined && !/^[A-Z0-9_]+$/.test(storageClass)) {
    throw new S3UrlError('a storage-class in capitals, such as STANDARD_IA');
  }
  if (storageClass !== undefined && ARCHIVES.includes(storageClass)) {
    throw new S3UrlError('a storage-class whose objects can be read at once');
  }
  const pathStyle = read('path-style');
  if (pathStyle !== undefined && !['true', 'false'].includes(pathStyle)) {
    throw new S3UrlError('path-style of true or false');
  }
  return {
    region: read('region'),
    endpoint,
    pathStyle: pathStyle === undefined ? endpoint !== undefined : pathStyle === 'true',
    encryption,
    kmsKeyId,
    storageClass,
  };
}

function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username + url.password + url.search + url.hash === '' &&
    url.pathname === '/'
  );
}

/** How a store begins its keys, and what it is called in messages: `s3://bucket/prefix/`. */
export function keyStartOf({ bucket, prefix }: S3Location): string {
  return `s3://${bucket}/${prefix}`;
}
