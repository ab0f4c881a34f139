import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import pRetry from 'p-retry';
import { asError, codeOf } from '../errors/caught.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { BlobStoreError, DamagedFile } from '../files/blob-store-error.ts';
import type { KeepRate } from './read-rate.ts';
import { type FileProblem, isBad, type StoredFile } from './stored-file.ts';

/** What was read of a file. */
export interface FileRead {
  /** Null when it is as its row says. */
  problem: FileProblem | null;
  /** SHA-256 of a file without a problem, in hexadecimal digits. */
  sha256: string | null;
}

/** How long a store that does not answer is waited for, and how often it is tried afterwards; in milliseconds. */
export interface StorePatience {
  /** As p-retry takes them: pauses are doubled from `minTimeout` to `maxTimeout`. */
  waiting: { retries: number; minTimeout: number; maxTimeout: number };
  /** Afterwards: how long nothing is asked of the store, and its files count as unreadable. */
  skipMs: number;
}

/** Six minutes, then twice a minute. */
export const PATIENCE: StorePatience = {
  waiting: { retries: 11, minTimeout: 1000, maxTimeout: 60_000 },
  skipMs: 30_000,
};

// A second look, in case the first was disturbed by the network or a failing disk.
const LOOK_AGAIN_MS = 250;

/** Answers of a store that stay the same until an operator changes something. */
const PERMANENT: readonly string[] = [
  'UnknownStore',
  'AccessDenied',
  'NoSuchBucket',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'InvalidToken',
  'CredentialsProviderError',
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'InvalidObjectState',
  'NoRegion',
  'NotS3',
  'EACCES',
  'EPERM',
];

export interface FileReader {
  /**
   * Reads a file as a whole and compares it with its row. A store that does not answer is tried again, and given up
   * after a while.
   *
   * @throws only when `signal` is aborted
   */
  read(file: StoredFile, signal: AbortSignal): Promise<FileRead>;
}

/**
 * @param deps.onWait called with what a store says that is tried again
 * @param deps.patience with stores that do not answer
 */
export function createFileReader(deps: {
  blobs: BlobStore;
  keepRate: KeepRate;
  onWait: (problem: string) => void;
  patience: StorePatience;
}): FileReader {
  const { blobs, keepRate, onWait, patience } = deps;
  /** By store: what it said when it was given up, and until when it is not asked. */
  const givenUp = new Map<string, { problem: FileProblem; until: number }>();

  async function readOnce(file: StoredFile, signal: AbortSignal): Promise<string> {
    const { bytes, storedSha256 } = await blobs.openFile(file.key);
    const hash = createHash('sha256');
    let byteSize = 0;
    try {
      for await (const chunk of bytes as AsyncIterable<Buffer>) {
        await keepRate(chunk.length, signal);
        hash.update(chunk);
        byteSize += chunk.length;
        if (byteSize > file.byteSize) break;
      }
    } finally {
      bytes.destroy();
    }
    if (byteSize !== file.byteSize) throw new DamagedFile('WRONG_SIZE');
    const sha256 = hash.digest('hex');
    const isRight = [file.sha256, storedSha256].every((known) => (known ?? sha256) === sha256);
    if (!isRight) throw new DamagedFile('WRONG_HASH');
    return sha256;
  }

  /** @returns what a failed read says about the file */
  async function judge(error: unknown, { key }: StoredFile): Promise<FileProblem> {
    if (error instanceof DamagedFile) {
      return { kind: error.code === 'WRONG_SIZE' ? 'wrong_size' : 'wrong_hash', detail: null };
    }
    const code = codeOf(error);
    if (code === 'UnknownStore') return { kind: 'unknown_store', detail: asError(error).message };
    if (code === 'ENOENT' || code === 'EISDIR') {
      // Fails when the folder of the store is not there: then no file can be read, and none is missing.
      const folder = blobs.isLocal(key) ? await blobs.scratchNames().catch(asError) : [];
      if (!(folder instanceof Error)) return { kind: 'missing', detail: null };
      return { kind: 'unreadable', detail: 'The folder of the files is not there' };
    }
    return { kind: 'unreadable', detail: wordsOf(error) };
  }

  async function look(file: StoredFile, signal: AbortSignal): Promise<FileRead> {
    try {
      return { problem: null, sha256: await readOnce(file, signal) };
    } catch (error) {
      signal.throwIfAborted();
      const problem = await judge(error, file);
      if (problem.kind !== 'unreadable' || isPermanent(error)) return { problem, sha256: null };
      throw new StoreOut(problem.detail ?? '', { cause: error });
    }
  }

  /** @throws StoreOut when the store has not answered all the time */
  function lookPatiently(file: StoredFile, retries: number, signal: AbortSignal) {
    return pRetry(() => look(file, signal), {
      ...patience.waiting,
      retries,
      signal,
      shouldRetry: ({ error }) => error instanceof StoreOut,
      onFailedAttempt: ({ error }) => {
        if (error instanceof StoreOut) onWait(error.message);
      },
    });
  }

  return {
    async read(file, signal) {
      const store = storeOf(file.key);
      const out = givenUp.get(store);
      if (out !== undefined && performance.now() < out.until) {
        return { problem: out.problem, sha256: null };
      }
      try {
        const retries = out === undefined ? patience.waiting.retries : 0;
        const first = await lookPatiently(file, retries, signal);
        givenUp.delete(store);
        if (first.problem === null || !isBad(first.problem.kind)) return first;
        await setTimeout(LOOK_AGAIN_MS, undefined, { signal });
        return await lookPatiently(file, retries, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof StoreOut)) throw error;
        const problem: FileProblem = { kind: 'unreadable', detail: error.message };
        givenUp.set(store, { problem, until: performance.now() + patience.skipMs });
        return { problem, sha256: null };
      }
    },
  };
}

/** The store did not answer, or not as it should; it may soon. The message is for operators. */
class StoreOut extends Error {
  constructor(message: string, options: ErrorOptions) {
    super(message, options);
    this.name = 'StoreOut';
  }
}

function isPermanent(error: unknown): boolean {
  return PERMANENT.includes(codeOf(error) ?? '');
}

/** Without a path: only errors of a bucket have words of their own. */
function wordsOf(error: unknown): string {
  if (error instanceof BlobStoreError) return error.message;
  return `The file cannot be read (${codeOf(error) ?? 'no reason given'})`;
}

/** Which store a key is of: `s3://bucket`, or the empty string for the disk. */
function storeOf(key: string): string {
  return /^\w+:\/\/[^/]+/.exec(key)?.[0] ?? '';
}
