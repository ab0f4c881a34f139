import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import { DownloadError } from './download-error.ts';
import { tooLarge } from './write-body.ts';

type Body = AsyncIterable<Uint8Array>;

type CreateDecoder = (firstByte: number) => Duplex;

/**
 * Decompressors by content coding [RFC 9110, 8.4.1; RFC 8878]; null for one that changes nothing. `deflate`
 * means zlib's format, but some send the bare stream: the first byte tells.
 */
const DECODERS = new Map<string, CreateDecoder | null>([
  ['identity', null],
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['br', () => createBrotliDecompress()],
  ['zstd', () => createZstdDecompress()],
  ['deflate', (firstByte) => ((firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw())],
]);

/** Nobody has a reason to compress more often. */
const MAX_CODINGS = 3;

/**
 * Undoes the codings of a body. Nobody asked for any, and yet some hosts compress; the file is what was
 * there before. How much comes out is for the reader to limit; it is decoded as it is read.
 *
 * @param contentEncoding the header; null where there is none
 * @param maxBytes of the body as it is sent
 * @throws DownloadError `unexpected-encoding` at once; while it is read `damaged-encoding`, `too-large`
 *   and what the body throws
 */
export function decodeBody(body: Body, contentEncoding: string | null, maxBytes: number): Body {
  const names = (contentEncoding ?? '').toLowerCase().split(',');
  const codings = names.map((name) => name.trim()).filter(Boolean);
  const decoders = codings.map((coding) => DECODERS.get(coding));
  if (decoders.includes(undefined) || codings.length > MAX_CODINGS) {
    const message = 'The file came compressed, unasked, in a way that is not known here';
    throw new DownloadError('unexpected-encoding', message);
  }
  // The last was applied last.
  return decoders.reduceRight<Body>(
    (decoded, createDecoder) => (createDecoder ? decompress(decoded, createDecoder) : decoded),
    limited(body, maxBytes),
  );
}

/** Also of what decodes to nothing there may be no end. */
async function* limited(body: Body, maxBytes: number): AsyncGenerator<Uint8Array> {
  let byteSize = 0;
  for await (const chunk of body) {
    byteSize += chunk.byteLength;
    if (byteSize > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

async function* decompress(body: Body, createDecoder: CreateDecoder): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  const first = await chunks.next();
  // An empty body is no damaged one.
  if (first.done === true) return;
  const decoder = createDecoder(first.value[0] ?? 0);
  let bodyError: unknown;
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield first.value;
      yield* { [Symbol.asyncIterator]: () => chunks };
    } catch (error) {
      bodyError = error;
      throw error;
    }
  }
  // Its errors are the decoder's, too, and reach the reader there.
  const fed = pipeline(watched, decoder).catch(() => undefined);
  try {
    yield* decoder;
  } catch (cause) {
    if (bodyError !== undefined) throw bodyError;
    const message = 'The file came compressed, unasked, and its compressed bytes are damaged';
    throw new DownloadError('damaged-encoding', message, { cause });
  } finally {
    decoder.destroy();
    await fed;
  }
}
