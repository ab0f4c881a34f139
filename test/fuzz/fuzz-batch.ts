import sharp from 'sharp';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import type { MutatedFile } from './fuzz-files.ts';
import type { FuzzedServer } from './fuzzed-server.ts';

const SIZES = ['small', 'medium', 'large'] as const;
// Of so many files one has its thumbnails decoded.
const SAMPLE = 4;
const POLL_MS = 100;

/** How it went with one file. */
export interface Outcome {
  file: MutatedFile;
  /** What is wrong; null when it went well. */
  failure: string | null;
  media: Pick<MediaItem, 'preview'> | null;
  /** Milliseconds until its whole batch was stored. */
  ms: number;
}

/**
 * Imports files as one message, waits until they are stored, looks at their thumbnails, reads them without
 * metadata and deletes them again.
 *
 * @param deadlineMs after which a file that is not stored has failed
 */
export async function fuzzBatch(
  server: FuzzedServer,
  files: MutatedFile[],
  deadlineMs: number,
): Promise<Outcome[]> {
  const startedAt = performance.now();
  try {
    const messageSid = await importFiles(server, files);
    const media = await storedMedia(server, messageSid, deadlineMs);
    const ms = performance.now() - startedAt;
    const outcomes: Outcome[] = [];
    for (const [index, file] of files.entries()) {
      const item = media[index] ?? null;
      const failure = item === null ? 'not imported' : await judge(server, item, index);
      outcomes.push({ file, failure, media: item, ms });
    }
    return outcomes;
  } catch (error) {
    const failure = `its batch failed: ${(error as Error).message}`;
    return files.map((file) => ({ file, failure, media: null, ms: performance.now() - startedAt }));
  }
}

async function importFiles(server: FuzzedServer, files: MutatedFile[]): Promise<string> {
  const body = new FormData();
  for (const { name, bytes } of files)
    body.append('files', new Blob([Uint8Array.from(bytes)]), name);
  const response = await request(server, 'POST', '/api/v1/media', body);
  if (response.status !== 201) {
    throw new Error(`the import was answered with ${response.status}: ${await response.text()}`);
  }
  return ((await response.json()) as { messageSid: string }).messageSid;
}

async function storedMedia(
  server: FuzzedServer,
  messageSid: string,
  deadlineMs: number,
): Promise<MediaItem[]> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const response = await request(server, 'GET', `/api/v1/messages/${messageSid}`);
    const { media } = (await response.json()) as { media: MediaItem[] };
    const isStored = media.every(({ state }) => state === 'stored');
    if (isStored || Date.now() > deadline || server.hasEnded()) return media;
    await new Promise((wait) => setTimeout(wait, POLL_MS));
  }
}

/** @returns what is wrong with a media, and deletes it */
async function judge(
  server: FuzzedServer,
  media: MediaItem,
  index: number,
): Promise<string | null> {
  if (media.state !== 'stored') return `not stored in time, but ${media.state}: ${media.reason}`;
  const { preview, sid } = media;
  if (preview === null) return 'stored without a preview';
  if (/[/\\]/.test(preview.reason ?? '')) return `a reason that names a path: ${preview.reason}`;
  const missing = SIZES.filter((size) => preview.sizes[size] === undefined);
  if (missing.length > 0) return `no ${missing} thumbnail`;
  for (const size of index % SAMPLE === 0 ? SIZES : []) {
    const path = `/api/v1/media/${sid}/thumbnail?size=${size}`;
    const response = await request(server, 'GET', path);
    const bytes = Buffer.from(await response.arrayBuffer());
    if (response.status !== 200) return `the ${size} thumbnail was answered ${response.status}`;
    const decoded = await sharp(bytes)
      .raw()
      .toBuffer({ resolveWithObject: true })
      .catch(() => null);
    if (decoded === null) return `the ${size} thumbnail does not decode`;
    const { width, height } = decoded.info;
    const told = preview.sizes[size];
    if (told?.width !== width || told.height !== height)
      return `the ${size} thumbnail has not the size it is told to have`;
  }
  const stripped = await request(server, 'GET', `/api/v1/media/${sid}/content?metadata=strip`);
  // Fails when the bytes are not as many as announced.
  const sent = await stripped.arrayBuffer().catch(() => null);
  if (sent === null || ![200, 409].includes(stripped.status))
    return `the content without metadata was answered ${stripped.status}, or cut`;
  const { status } = await request(server, 'DELETE', `/api/v1/media/${sid}`);
  return status === 204 ? null : `the delete was answered with ${status}`;
}

async function request(
  { url, headers }: FuzzedServer,
  method: string,
  path: string,
  body?: FormData,
): Promise<Response> {
  return fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
}
