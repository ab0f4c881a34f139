import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { ACCESS_KEY, type Refusal, refuseSignature } from './verify-signature.ts';

interface Version {
  id: string;
  /** Null for a delete marker. */
  bytes: Buffer | null;
  headers: Record<string, string>;
}

/** What happens to a request instead of its answer. */
type Fault =
  | Refusal
  /** The connection is closed: without an answer, or in the middle of its body. */
  | 'cut'
  /** A web page with status 200. */
  | 'html'
  /** The bucket's own region is in a header. */
  | 'other-region'
  /** Nothing, until `mend`; then it is answered. */
  | 'held';

/**
 * A bucket in memory that is stricter than servers for development: it verifies signatures, their time and checksums, and
 * answers a conditional write with 412. Tests make it fail.
 */
export interface StrictS3 {
  /** For BLOB_STORE_URL. */
  url: string;
  /** The credentials that it accepts, as environment variables. */
  env: Record<string, string>;
  /** Method and path with query of each request, in order. */
  requests: string[];
  /** The bytes of the current objects, by their key. */
  objects(): Map<string, Buffer>;
  /** The metadata, encryption and storage class that an object was written with. */
  headersOf(key: string): Record<string, string>;
  /** How many versions and delete markers there are. */
  versions(): number;
  /** Parts of uploads that were neither completed nor aborted. */
  openUploads(): number;
  /** Overwrites the bytes of an object, as a broken disk does. */
  damage(key: string): void;
  /** What happens to the next requests that match; `count` defaults to all. Undone by `mend`. */
  fail(matching: RegExp, fault: Fault, count?: number): void;
  mend(): void;
  /** Added to the clock of the server, in milliseconds. */
  clockOffsetMs: number;
  bucket: 'plain' | 'versioned' | 'locked';
  /** Listens again, on the same port, after `stop`. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const BUCKET = 'strict-bucket';
const PAGE = 3;

export async function startStrictS3(prefix = ''): Promise<StrictS3> {
  const store = new Map<string, Version[]>();
  const uploads = new Map<
    string,
    { key: string; headers: Record<string, string>; parts: Map<number, Buffer> }
  >();
  let faults: { matching: RegExp; fault: Fault; left: number }[] = [];
  let sequence = 0;
  const nextId = () => `id-${++sequence}`;
  const sockets = new Set<Socket>();
  const mended = new EventEmitter();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;

  const strict: StrictS3 = {
    url: `s3://${BUCKET}/${prefix}?endpoint=http://127.0.0.1:${port}`,
    env: { AWS_ACCESS_KEY_ID: ACCESS_KEY.id, AWS_SECRET_ACCESS_KEY: ACCESS_KEY.secret },
    requests: [],
    objects: () =>
      new Map(
        [...store].flatMap(([key, versions]) => {
          const bytes = versions[0]?.bytes;
          return bytes == null ? [] : [[key, bytes] as const];
        }),
      ),
    headersOf: (key) => store.get(key)?.[0]?.headers ?? {},
    versions: () => [...store.values()].flat().length,
    openUploads: () => uploads.size,
    damage(key) {
      const [version] = store.get(key) ?? [];
      version?.bytes?.writeUInt8(version.bytes.readUInt8(0) ^ 1, 0);
    },
    fail(matching, fault, count = Number.POSITIVE_INFINITY) {
      faults.push({ matching, fault, left: count });
    },
    mend() {
      faults = [];
      mended.emit('mended');
    },
    clockOffsetMs: 0,
    bucket: 'plain',
    async start() {
      await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
    },
    async stop() {
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const line = `${request.method} ${request.url}`;
    strict.requests.push(line);
    const planned = faults.find(({ matching, left }) => left > 0 && matching.test(line));
    if (planned !== undefined) {
      planned.left -= 1;
      if (planned.fault === 'held') await once(mended, 'mended');
      else if (planned.fault !== 'cut') await buffer(request);
      if (planned.fault !== 'held' && (await fail(planned.fault, request, response))) return;
    }
    const body = await buffer(request);
    const refusal = refuse(request, body);
    if (refusal !== null) return refuseWith(response, refusal);
    const url = new URL(request.url ?? '', 'http://host');
    const [, bucket, ...path] = url.pathname.split('/').map(decodeURIComponent);
    if (bucket !== BUCKET) return refuseWith(response, { status: 404, code: 'NoSuchBucket' });
    const key = path.join('/');
    const isCut = planned?.fault === 'cut';
    if (key === '') return list(response, url.searchParams);
    if (request.method === 'GET') return get(request, response, key, isCut);
    if (request.method === 'DELETE') return remove(response, key, url.searchParams);
    return write(request, response, key, url.searchParams, body);
  }

  /** @returns false when the request is answered, but cut in the middle */
  async function fail(
    fault: Exclude<Fault, 'held'>,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<boolean> {
    if (fault === 'html') {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><p>Welcome!</p>');
    } else if (fault === 'other-region') {
      response.setHeader('x-amz-bucket-region', 'eu-north-1');
      refuseWith(response, { status: 301, code: 'PermanentRedirect' });
    } else if (fault === 'cut') {
      if (request.method === 'GET') return false;
      // Some of the body has arrived.
      await wait(20);
      request.socket.destroy();
    } else {
      refuseWith(response, fault);
    }
    return true;
  }

  function refuse(request: IncomingMessage, body: Buffer): Refusal | null {
    const refusal = refuseSignature(request, body, Date.now() + strict.clockOffsetMs);
    if (refusal !== null) return refusal;
    const checksum = request.headers['x-amz-checksum-sha256'];
    if (checksum !== undefined && checksum !== createHash('sha256').update(body).digest('base64')) {
      return { status: 400, code: 'BadDigest' };
    }
    const isConditional = 'if-none-match' in request.headers || 'if-match' in request.headers;
    return request.method === 'PUT' && isConditional
      ? { status: 412, code: 'PreconditionFailed' }
      : null;
  }

  function refuseWith(response: ServerResponse, { status, code }: Refusal): void {
    const date = new Date(Date.now() + strict.clockOffsetMs).toUTCString();
    response.writeHead(status, { 'content-type': 'application/xml', date });
    response.end(
      `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
    );
  }

  function put(key: string, bytes: Buffer, headers: Record<string, string>): string {
    const id = strict.bucket === 'plain' ? 'null' : nextId();
    const before = strict.bucket === 'plain' ? [] : (store.get(key) ?? []);
    store.set(key, [{ id, bytes, headers }, ...before]);
    return id;
  }

  function write(
    request: IncomingMessage,
    response: ServerResponse,
    key: string,
    query: URLSearchParams,
    body: Buffer,
  ) {
    const headers = Object.fromEntries(
      Object.entries(request.headers)
        .filter(([name]) => /^x-amz-(meta-|server-side|storage-class)/.test(name))
        .map(([name, value]) => [name, String(value)]),
    );
    const id = query.get('uploadId') ?? '';
    const upload = uploads.get(id);
    const xml = (text: string) =>
      response.writeHead(200, { 'content-type': 'application/xml' }).end(text);
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    if (query.has('uploads')) {
      const begun = nextId();
      uploads.set(begun, { key, headers, parts: new Map() });
      xml(
        `<InitiateMultipartUploadResult><UploadId>${begun}</UploadId></InitiateMultipartUploadResult>`,
      );
    } else if (id === '') {
      if (request.headers['x-amz-checksum-sha256'] === undefined) {
        return refuseWith(response, { status: 400, code: 'MissingChecksum' });
      }
      put(key, body, headers);
      response.writeHead(200, { etag }).end();
    } else if (upload === undefined) {
      refuseWith(response, { status: 404, code: 'NoSuchUpload' });
    } else if (request.method === 'PUT') {
      upload.parts.set(Number(query.get('partNumber')), body);
      response
        .writeHead(200, {
          etag,
          'x-amz-checksum-sha256': String(request.headers['x-amz-checksum-sha256']),
        })
        .end();
    } else {
      const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
      put(upload.key, Buffer.concat(parts), upload.headers);
      uploads.delete(id);
      xml('<CompleteMultipartUploadResult><ETag>"parts"</ETag></CompleteMultipartUploadResult>');
    }
  }

  function get(request: IncomingMessage, response: ServerResponse, key: string, isCut: boolean) {
    const [version] = store.get(key) ?? [];
    if (version?.bytes == null) return refuseWith(response, { status: 404, code: 'NoSuchKey' });
    const { bytes, headers } = version;
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const query = new URL(request.url ?? '', 'http://host').searchParams;
    const overrides = [...query].flatMap(([name, value]) =>
      name.startsWith('response-') ? [[name.slice('response-'.length), value]] : [],
    );
    const [start, end] = [
      Number(first ?? 0),
      Math.min(Number(last ?? bytes.length - 1), bytes.length - 1),
    ];
    const part = bytes.subarray(start, end + 1);
    response.writeHead(first === undefined ? 200 : 206, {
      ...headers,
      ...Object.fromEntries(overrides),
      etag: '"x"',
      'content-length': part.length,
      ...(first === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${bytes.length}` }),
    });
    if (!isCut) response.end(part);
    else response.write(part.subarray(0, part.length / 2), () => request.socket.destroy());
  }

  function remove(response: ServerResponse, key: string, query: URLSearchParams) {
    const [uploadId, versionId] = [query.get('uploadId'), query.get('versionId')];
    const headers: Record<string, string> = {};
    if (uploadId !== null) {
      uploads.delete(uploadId);
    } else if (versionId !== null) {
      const versions = store.get(key) ?? [];
      const isLocked =
        strict.bucket === 'locked' && versions.find(({ id }) => id === versionId)?.bytes;
      if (isLocked) return refuseWith(response, { status: 403, code: 'AccessDenied' });
      const left = versions.filter(({ id }) => id !== versionId);
      if (left.length > 0) store.set(key, left);
      else store.delete(key);
    } else if (strict.bucket === 'plain') {
      store.delete(key);
    } else {
      const id = nextId();
      store.set(key, [{ id, bytes: null, headers: {} }, ...(store.get(key) ?? [])]);
      Object.assign(headers, { 'x-amz-delete-marker': 'true', 'x-amz-version-id': id });
    }
    response.writeHead(204, headers).end();
  }

  function list(response: ServerResponse, query: URLSearchParams) {
    const start = query.get('prefix') ?? '';
    const after = query.get('start-after') ?? '';
    const xml = (text: string) =>
      response.writeHead(200, { 'content-type': 'application/xml' }).end(text);
    if (query.has('versioning')) {
      const status = strict.bucket === 'plain' ? '' : '<Status>Enabled</Status>';
      xml(`<VersioningConfiguration>${status}</VersioningConfiguration>`);
    } else if (query.has('versions')) {
      const entries = [...store]
        .filter(([key]) => key.startsWith(start))
        .flatMap(([key, versions]) =>
          versions.map(({ id, bytes }) => {
            const name = bytes === null ? 'DeleteMarker' : 'Version';
            return `<${name}><Key>${key}</Key><VersionId>${id}</VersionId></${name}>`;
          }),
        );
      xml(
        `<ListVersionsResult><IsTruncated>false</IsTruncated>${entries.join('')}</ListVersionsResult>`,
      );
    } else if (query.has('object-lock')) {
      if (strict.bucket !== 'locked') {
        return refuseWith(response, { status: 404, code: 'ObjectLockConfigurationNotFoundError' });
      }
      xml(
        '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>',
      );
    } else if (query.has('lifecycle')) {
      refuseWith(response, { status: 404, code: 'NoSuchLifecycleConfiguration' });
    } else {
      const keys = [...strict.objects().keys()]
        .filter((key) => key.startsWith(start) && key > after)
        .sort();
      const most = Math.min(Number(query.get('max-keys') ?? PAGE), PAGE);
      const contents = keys.slice(0, most).map((key) => `<Contents><Key>${key}</Key></Contents>`);
      const isTruncated = keys.length > most;
      xml(
        `<ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${contents.join('')}</ListBucketResult>`,
      );
    }
  }

  return strict;
}
