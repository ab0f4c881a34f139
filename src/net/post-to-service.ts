import type { Readable } from 'node:stream';
import { request } from 'undici';

/** The answer of a service of the operator. */
interface ServiceAnswer {
  status: number;
  retryAfter: string | null;
  /** Empty unless `status` is 200; null when it is longer than allowed. */
  text: string | null;
}

/**
 * Posts a stream to a service of the operator. Redirects are not followed; `signal` covers the whole exchange.
 *
 * @param options.maxAnswerBytes of the answer that are read
 * @throws what the connection or the stream fails with; the reason of `signal`
 */
export async function postToService(
  url: string,
  options: {
    headers: Record<string, string>;
    body: Readable;
    maxAnswerBytes: number;
    signal: AbortSignal;
  },
): Promise<ServiceAnswer> {
  const { headers, body, maxAnswerBytes, signal } = options;
  // undici and `readText` report stream errors; without a listener of its own an error would end the process.
  const ignoreError = () => undefined;
  body.on('error', ignoreError);
  try {
    const answer = await request(url, {
      method: 'POST',
      headers,
      body,
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    answer.body.on('error', ignoreError);
    const { statusCode: status } = answer;
    const retryAfter = answer.headers['retry-after']?.toString() ?? null;
    if (status === 200) {
      return { status, retryAfter, text: await readText(answer.body, maxAnswerBytes) };
    }
    answer.body.destroy();
    return { status, retryAfter, text: '' };
  } finally {
    body.destroy();
  }
}

async function readText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * What a status other than 200 says: the service does not work now, it rejects our requests (credentials, address, a
 * redirect), or it has no result for this file.
 */
export function failureOfStatus(status: number): 'outage' | 'refused' | 'file' {
  if (status >= 500 || status === 429 || status === 408) return 'outage';
  return status < 400 || [401, 403, 404, 405, 407].includes(status) ? 'refused' : 'file';
}
