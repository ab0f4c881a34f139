import { createHash, randomUUID } from 'node:crypto';
import { openAsBlob, type Stats } from 'node:fs';
import { copyFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import mime from 'mime';
import pLimit, { type LimitFunction } from 'p-limit';
import pRetry from 'p-retry';
import { type ApiClient, bodyOf } from '../client/api-client.ts';
import { AppError } from '../errors/app-error.ts';
import { codeOf } from '../errors/caught.ts';
import { unreadable } from './find-import-files.ts';
import { type ImportTime, importTimeOf } from './import-time.ts';

/** What became of one file. */
export type ImportOutcome =
  | { state: 'imported'; source: ImportTime['source'] }
  /** An attachment with the same bytes is here. */
  | { state: 'known' }
  | { state: 'failed'; problem: string };

/** Imports one file, as a message of its own, unless an attachment with the same bytes is here. */
export type ImportFile = (path: string) => Promise<ImportOutcome>;

interface ImportOptions {
  from: string;
  to: string;
  /** Of every file; without it that of each. */
  receivedAt: Date | undefined;
  /** Of one file. */
  maxBytes: number;
  /** An empty folder of this command: each file is copied there while it is imported. */
  scratch: string;
}

interface SourceFile {
  path: string;
  changedAt: Date;
}

const UNKNOWN_TYPE = 'application/octet-stream';
// While the server is busy, or other imports have taken all places: half a minute.
const PATIENCE = { retries: 6, minTimeout: 500, maxTimeout: 10_000 };
/** What a request is refused for because of this one file. */
const OF_THE_FILE: readonly string[] = ['body_too_large', 'invalid_request'];

/**
 * @returns a function that rejects with what will not be better with the next file: an API key that is not accepted, a
 *   server that does not answer
 */
export function createImportFile(api: ApiClient, options: ImportOptions): ImportFile {
  const { from, to, maxBytes, scratch } = options;
  /** Files with the same bytes are one attachment: they take turns. */
  const ofHash = new Map<string, LimitFunction>();

  async function isHere(sha256: string): Promise<boolean> {
    const query = { sha256, limit: 1 };
    return bodyOf(await api.GET('/api/v1/media', { params: { query } })).items.length > 0;
  }

  /** @returns false when another request with this key has imported it already */
  function send(form: FormData, key: string): Promise<boolean> {
    const post = async () => {
      const { response } = await api.POST('/api/v1/media', {
        params: { header: { 'Idempotency-Key': key } },
        body: { files: [] },
        bodySerializer: () => form,
      });
      return response.headers.get('idempotency-replayed') !== 'true';
    };
    // Repeated with its key, a request whose answer was lost imports nothing twice.
    return pRetry(post, { ...PATIENCE, shouldRetry: ({ error }) => isUnavailable(error) });
  }

  /** Two imports of the same folder at once use the same key, so one of them imports the file. */
  async function sendOnce(form: FormData, sha256: string): Promise<boolean> {
    const key = createHash('sha256')
      .update(JSON.stringify([from, to, sha256]))
      .digest('hex');
    try {
      if (await send(form, `import-${key}`)) return true;
    } catch (error) {
      if (codeOf(error) !== 'idempotency_key_reused') throw error;
    }
    if (await isHere(sha256)) return false;
    // It was imported within a day, and deleted since.
    return send(form, randomUUID());
  }

  async function importCopy(copy: string, file: SourceFile): Promise<ImportOutcome> {
    const bytes = await openAsBlob(copy, { type: mime.getType(file.path) ?? UNKNOWN_TYPE });
    const sha256 = await hashOf(bytes);
    const turns = ofHash.get(sha256) ?? pLimit(1);
    ofHash.set(sha256, turns);
    try {
      return await turns(() => importHashed(copy, bytes, sha256, file));
    } finally {
      if (turns.activeCount + turns.pendingCount === 0) ofHash.delete(sha256);
    }
  }

  async function importHashed(
    copy: string,
    bytes: Blob,
    sha256: string,
    { path, changedAt }: SourceFile,
  ): Promise<ImportOutcome> {
    if (await isHere(sha256)) return { state: 'known' };
    const { time, source } =
      options.receivedAt === undefined
        ? await importTimeOf(copy, { contentType: bytes.type, byteSize: bytes.size, changedAt })
        : ({ time: options.receivedAt, source: 'option' } as const);
    const form = new FormData();
    form.set('from', from);
    form.set('to', to);
    if (time !== undefined) form.set('receivedAt', time.toISOString());
    form.append('files', bytes, basename(path));
    return (await sendOnce(form, sha256)) ? { state: 'imported', source } : { state: 'known' };
  }

  return async (path) => {
    const copy = join(scratch, randomUUID());
    try {
      const before = await stat(path);
      const { size, mtime } = before;
      if (size === 0) return { state: 'failed', problem: 'is empty' };
      if (size > maxBytes) {
        return { state: 'failed', problem: `is larger than MEDIA_MAX_BYTES (${maxBytes})` };
      }
      // A request whose file changes under it does not end.
      await copyFile(path, copy);
      if (fileVersion(await stat(path)) !== fileVersion(before)) {
        return { state: 'failed', problem: 'was changed while it was read' };
      }
      return await importCopy(copy, { path, changedAt: mtime });
    } catch (error) {
      return failureOf(error);
    } finally {
      await rm(copy, { force: true });
    }
  };
}

async function hashOf(bytes: Blob): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytes.stream()) hash.update(chunk);
  return hash.digest('hex');
}

/** @throws an error that is not about the file */
function failureOf(error: unknown): ImportOutcome {
  if (error instanceof AppError) {
    if (!OF_THE_FILE.includes(error.code)) throw error;
    const why = error.fields.map(({ field, message }) => `${field} ${message}`).join(', ');
    return { state: 'failed', problem: `was refused: ${why || error.message}` };
  }
  if (codeOf(error) === 'ENOSPC') {
    const message = `There is no room in ${tmpdir()}, where a file is copied while it is imported.`;
    throw new AppError('unavailable', message, { cause: error });
  }
  if (codeOf(error) === undefined) throw error;
  return { state: 'failed', problem: unreadable(error) };
}

function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.code === 'unavailable';
}

/** A text that is another one when a file was changed or replaced, as far as the file system tells. */
function fileVersion({ ino, size, mtimeMs }: Stats): string {
  return [ino, size, mtimeMs].join();
}
