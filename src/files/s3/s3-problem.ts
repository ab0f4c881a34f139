import { codeOf } from '../../errors/caught.ts';
import { BlobStoreError, DamagedFile } from '../blob-store-error.ts';

/** What operators can do about an error, by the code that S3 or the AWS SDK gives it. */
const MESSAGES: Record<string, string> = {
  AccessDenied: 'The credentials do not allow it',
  NoSuchBucket: 'The bucket does not exist',
  InvalidAccessKeyId: 'The store does not know the access key',
  SignatureDoesNotMatch: 'The secret access key is wrong',
  ExpiredToken: 'The credentials have expired',
  InvalidToken: 'The session token is not valid',
  CredentialsProviderError:
    'No credentials are found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use a role',
  RequestTimeTooSkewed: 'The clock of this machine differs from that of the store',
  PermanentRedirect: 'The bucket is in another region',
  AuthorizationHeaderMalformed: 'The bucket is in another region',
  IllegalLocationConstraintException: 'The bucket is in another region',
  InvalidObjectState: 'The object is archived, and cannot be read before it is restored',
  SlowDown: 'The store asks for fewer requests',
  QuotaExceeded: 'The quota of the bucket is used up',
  InsufficientStorage: 'The store has no room left',
  ObjectLocked: 'An object lock keeps it',
};

/** As S3 names errors that are the same for an operator. */
const SAME: Record<string, string> = {
  Forbidden: 'AccessDenied',
  AccountProblem: 'AccessDenied',
  AllAccessDisabled: 'AccessDenied',
  SlowDownRead: 'SlowDown',
  SlowDownWrite: 'SlowDown',
  TooManyRequests: 'SlowDown',
  XMinioStorageFull: 'InsufficientStorage',
  XMinioAdminBucketQuotaExceeded: 'QuotaExceeded',
  301: 'PermanentRedirect',
  307: 'PermanentRedirect',
  403: 'AccessDenied',
  507: 'InsufficientStorage',
};

/** The parts that errors of the AWS SDK have; none is certain, because an endpoint may answer anything. */
interface SdkError {
  name?: unknown;
  message?: unknown;
  Code?: unknown;
  Region?: unknown;
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
}

/** The endpoint answered, but not as S3 does: a web page, a proxy. */
export function notS3(status: number | undefined, cause?: unknown): BlobStoreError {
  const message = `The endpoint does not answer as S3 does (HTTP ${status ?? 'status unknown'}): check endpoint=`;
  return new BlobStoreError('NotS3', message, { cause });
}

/** Whether S3 has answered that the object is not there; not that the bucket is missing, nor a web server's 404. */
export function isNoSuchKey(error: unknown): boolean {
  return Object(error).name === 'NoSuchKey';
}

/**
 * What an error of the AWS SDK means: an error of the local disk or of the file stays what it is, a missing object
 * is `ENOENT`, everything else is a BlobStoreError.
 */
export function s3Problem(error: unknown): Error {
  if (error instanceof BlobStoreError || error instanceof DamagedFile) return error;
  if (isNoSuchKey(error)) {
    return Object.assign(new Error('The object does not exist', { cause: error }), {
      code: 'ENOENT',
    });
  }
  const { name, message, Code, Region, $metadata, $response } = Object(error) as SdkError;
  if (isOfDisk(error)) return error as Error;
  const status = $metadata?.httpStatusCode;
  if (isUnreadable(error)) return notS3(status, error);
  const given = String(Code ?? (name === 'Error' || name === undefined ? status : name));
  const code = SAME[given] ?? given;
  const region = $response?.headers?.['x-amz-bucket-region'] ?? Region;
  if (code.startsWith('CredentialsProvider')) return known('CredentialsProviderError', error);
  if (/region is missing/i.test(String(message))) {
    return new BlobStoreError(
      'NoRegion',
      'No region is set: add region= to the URL, or set AWS_REGION',
      {
        cause: error,
      },
    );
  }
  if (MESSAGES[code] === MESSAGES.PermanentRedirect && typeof region === 'string') {
    return new BlobStoreError(code, `The bucket is in the region ${region}: set region=${region}`, {
      cause: error,
    });
  }
  if (/object.?lock|WORM|retention/i.test(String(message)) && code === 'AccessDenied') {
    return known('ObjectLocked', error);
  }
  if (MESSAGES[code] !== undefined) return known(code, error);
  if (status === undefined) {
    const reason = codeOf(error) ?? code;
    return new BlobStoreError(reason, `The store cannot be reached (${reason})`, { cause: error });
  }
  const named = /^\w{1,60}$/.test(code) && code !== String(status) ? `${status} ${code}` : status;
  return new BlobStoreError(code, `The store answers ${named}`, { cause: error });
}

function known(code: string, cause: unknown): BlobStoreError {
  return new BlobStoreError(code, `${MESSAGES[code]} (${code})`, { cause });
}

/** Errors of the local disk have a system call that is about files. */
function isOfDisk(error: unknown): boolean {
  const { syscall } = Object(error) as { syscall?: unknown };
  return (
    typeof syscall === 'string' &&
    /^(open|read|write|f?stat|unlink|close|f?sync|scandir)$/.test(syscall) &&
    Object(error).$metadata?.httpStatusCode === undefined &&
    isFileError(error)
  );
}

function isFileError(error: unknown): boolean {
  return ![
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'ECONNABORTED',
    'EHOSTUNREACH',
    'ENETUNREACH',
  ].includes(codeOf(error) ?? '');
}

/** The SDK could not read the answer as XML, or read an answer of another form. */
function isUnreadable(error: unknown): boolean {
  const { name, message, $metadata } = Object(error) as SdkError;
  const status = $metadata?.httpStatusCode ?? 0;
  const isParsing = /deserialization error|is not expected|unclosed tag|xml|html/i.test(
    String(message),
  );
  return (
    name === 'SyntaxError' ||
    (isParsing && status !== 403) ||
    (status === 404 && name === 'NotFound')
  );
}
