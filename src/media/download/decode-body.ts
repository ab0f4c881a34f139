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
 * Decompressors by content coding [RFC 9110, 8.4.1; RFC 8878]; null for `identity`. `deflate` means zlib's
 * format, but some hosts send a raw deflate stream: the first byte distinguishes them.
 */
const DECODERS = new Map<string, CreateDecoder | null>([
  ['identity', null],
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['br', () => createBrotliDecompress()],
  ['zstd', () => createZstdDecompress()],
  ['deflate', (firstByte) => ((firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw())],
]);

/** No legitimate host applies more. */
const MAX_CODINGS = 3;

/**
 * Decodes the content codings of a body. None is requested, but some hosts compress anyway; the stored
 * file is the decoded one. Decoding is streamed; the reader has to limit the decoded size.
 *
 * @param contentEncoding the header; null without one
 * @param maxBytes the limit for the body as sent
 * @throws DownloadError `unexpected-encoding` at once; while the body is read `damaged-encoding`,
 *   `too-large` and the errors of the body
 */
export function decodeBody(body: Body, contentEncoding: string | null, maxBytes: number): Body {
  const names = (contentEncoding ?? '').toLowerCase().split(',');
  const codings = names.map((name) => name.trim()).filter(Boolean);
  const decoders = codings.map((coding) => DECODERS.get(coding));
  if (decoders.includes(undefined) || codings.length > MAX_CODINGS) {
    const message = 'The file arrived in a content encoding that is not supported';
    throw new DownloadError('unexpected-encoding', message);
  }
  // The last coding was applied last.
  return decoders.reduceRight<Body>(
    (decoded, createDecoder) => (createDecoder ? decompress(decoded, createDecoder) : decoded),
    limited(body, maxBytes),
  );
}

/** Limits the encoded body: one that decodes to nothing could be endless. */
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
  // An empty body does not count as damaged.
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
  // Its errors also surface in the decoder, where the reader gets them.
  const fed = pipeline(watched, decoder).catch(() => undefined);
  try {
    yield* decoder;
  } catch (cause) {
    if (bodyError !== undefined) throw bodyError;
    const message = 'The file arrived compressed, although not requested, and is damaged';
    throw new DownloadError('damaged-encoding', message, { cause });
  } finally {
    decoder.destroy();
    await fed;
  }
}
