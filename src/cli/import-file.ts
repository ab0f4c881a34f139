import { createHash, randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import mime from 'mime';
import pRetry from 'p-retry';
import { type ApiClient, bodyOf } from '../client/api-client.ts';
import { AppError } from '../errors/app-error.ts';
import { codeOf } from '../errors/caught.ts';
import { fileVersion, unreadable } from './find-import-files.ts';
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
}

// While the server is busy, or other imports have taken all places: half a minute.
const PATIENCE = { retries: 6, minTimeout: 500, maxTimeout: 10_000 };
/** What a request is refused for because of this one file. */
const OF_THE_FILE: readonly string[] = ['body_too_large', 'invalid_request'];

/**
 * @returns a function that rejects with what will not be better with the next file: an API key that is not accepted, a
 *   server that does not answer
 */
export function createImportFile(api: ApiClient, options: ImportOptions): ImportFile {
  const { from, to, maxBytes } = options;
  /** By hash: files with the same bytes that are read at the same time are one attachment. */
  const inProgress = new Map<string, Promise<unknown>>();

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

  async function importBytes(path: string, bytes: Blob, byteSize: number, changedAt: Date) {
    const sha256 = await hashOf(bytes);
    await inProgress.get(sha256);
    if (await isHere(sha256)) return { state: 'known' } as const;
    const contentType = bytes.type;
    const { time, source } =
      options.receivedAt === undefined
        ? await importTimeOf({ path, contentType, byteSize, changedAt })
        : ({ time: options.receivedAt, source: 'option' } as const);
    const form = new FormData();
    form.set('from', from);
    form.set('to', to);
    if (time !== undefined) form.set('receivedAt', time.toISOString());
    form.append('files', bytes, basename(path));
    const sending = sendOnce(form, sha256);
    const settled = sending.catch(() => undefined).finally(() => inProgress.delete(sha256));
    inProgress.set(sha256, settled);
    return (await sending)
      ? ({ state: 'imported', source } as const)
      : ({ state: 'known' } as const);
  }

  return async (path) => {
    let before = '';
    try {
      before = await fileVersion(path);
      const { size, mtime } = await stat(path);
      if (size === 0) return { state: 'failed', problem: 'is empty' };
      if (size > maxBytes) {
        return { state: 'failed', problem: `is larger than MEDIA_MAX_BYTES (${maxBytes})` };
      }
      const type = mime.getType(path) ?? 'application/octet-stream';
      // Reading fails as soon as the file is not the one that was opened.
      return await importBytes(path, await openAsBlob(path, { type }), size, mtime);
    } catch (error) {
      const now = await fileVersion(path).catch(unreadable);
      if (now !== before) return { state: 'failed', problem: 'was changed while it was read' };
      return failureOf(error);
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
  const isOfFile = error instanceof DOMException || codeOf(error) !== undefined;
  if (!isOfFile) throw error;
  return { state: 'failed', problem: unreadable(error) };
}

function isUnavailable(error: unknown): boolean {
  return error instanceof AppError && error.code === 'unavailable';
}
