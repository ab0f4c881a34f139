import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import { AppError } from '../errors/app-error.ts';
import { asError, codeOf } from '../errors/caught.ts';
import { MANIFEST, type Manifest, manifest } from './archive-format.ts';
import { SEAL_BYTES, sealOf } from './write-archive.ts';

export interface Member {
  name: string;
  size: number;
  isFolder: boolean;
}

/** An archive that is complete and unchanged. */
export interface VerifiedArchive {
  manifest: Manifest;
  /** Of all its bytes before the seal. */
  sha256: string;
}

/**
 * Reads a whole archive. Nothing that was read may be put to use before this resolves: whether the archive is
 * complete and unchanged is known at its end.
 *
 * @param onMember reads or skips the bytes of each member
 * @returns the SHA-256 of all bytes before the seal
 * @throws AppError `not_found`; `invalid_request` when the archive is cut or altered, or is none; what `onMember`
 *   throws
 */
export async function readArchive(
  path: string,
  onMember: (member: Member, bytes: Readable) => Promise<void>,
): Promise<string> {
  const file = await openArchive(path);
  try {
    const { size } = await file.stat();
    const length = size - SEAL_BYTES;
    if (length <= 0) throw damaged('it is too short');
    const hash = createHash('sha256');
    async function* hashed(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    }
    const extract = tar.extract();
    const source = file.createReadStream({ start: 0, end: length - 1, autoClose: false });
    const fed = pipeline(source, hashed, extract);
    fed.catch(() => undefined);
    let failure: { error: unknown } | undefined;
    try {
      for await (const entry of extract) {
        const { name, size: bytes = 0, type } = entry.header;
        if (type !== 'file' && type !== 'directory') throw damaged(`a member is a ${type}`);
        const member = { name, size: bytes, isFolder: type === 'directory' };
        try {
          await onMember(member, Readable.from(bytesOf(entry)));
        } catch (error) {
          failure = { error };
          throw error;
        }
        entry.resume();
      }
      await fed;
    } catch (cause) {
      source.destroy();
      if (failure !== undefined) throw failure.error;
      throw cause instanceof AppError ? cause : damaged(asError(cause).message, cause);
    }
    const sha256 = hash.digest('hex');
    const seal = Buffer.alloc(SEAL_BYTES);
    await file.read(seal, 0, SEAL_BYTES, length);
    if (!seal.equals(await sealOf(sha256))) throw damaged('it is cut or was altered');
    return sha256;
  } finally {
    await file.close();
  }
}

/** @throws AppError `not_found`, `invalid_request` when it cannot be read */
async function openArchive(path: string): Promise<FileHandle> {
  try {
    const file = await open(path);
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') {
      throw new AppError('not_found', `There is no file ${path}.`, { cause });
    }
    const message = `The file ${path} cannot be read (${codeOf(cause)}).`;
    throw new AppError('invalid_request', message, { cause });
  }
  throw new AppError('invalid_request', `${path} is not a file: name the tar file of a backup.`);
}

/**
 * The bytes of a member. Only what fails while they are read is converted: what the consumer throws stays as it is.
 *
 * @throws AppError `invalid_request` when the archive ends before the member
 */
async function* bytesOf(entry: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  const chunks = entry[Symbol.asyncIterator]();
  const next = () =>
    chunks.next().catch((cause: unknown) => {
      throw damaged(asError(cause).message, cause);
    });
  try {
    for (let read = await next(); read.done !== true; read = await next()) yield read.value;
  } finally {
    await chunks.return?.();
  }
}

/**
 * Reads an archive and its manifest, and writes nothing.
 *
 * @param signal ends it early
 * @throws AppError `invalid_request` when it is cut or altered, or of a format that this version does not know
 */
export async function verifyArchive(path: string, signal?: AbortSignal): Promise<VerifiedArchive> {
  let json = '';
  const sha256 = await readArchive(path, async ({ name }, bytes) => {
    if (name === MANIFEST) json = await text(bytes);
    else for await (const _ of bytes) signal?.throwIfAborted();
  });
  // Parsed only now: an altered one is found by its hash.
  const parsed = manifestOf(json);
  if (parsed.success) return { manifest: parsed.data, sha256 };
  throw new AppError(
    'invalid_request',
    'The archive has a manifest that this version does not know: restore it with the version that made it.',
    { cause: parsed.error },
  );
}

function manifestOf(json: string) {
  try {
    return manifest.safeParse(JSON.parse(json));
  } catch {
    return manifest.safeParse(undefined);
  }
}

function damaged(why: string, cause?: unknown): AppError {
  return new AppError('invalid_request', `This is not a complete backup archive: ${why}.`, {
    cause,
  });
}
