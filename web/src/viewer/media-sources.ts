import { ApiProblem } from '../api/api-problem.ts';
import { send } from '../api/client.ts';
import { type ThumbnailSize, thumbnailUrl } from '../api/thumbnail-url.ts';
import type { MediaItem, MediaLinks } from '../api/types.ts';
import { renditionOf, showsOriginal } from './media-form.ts';

export type RenditionForm = 'picture' | 'audio' | 'video' | 'text';

/** How long to wait where the server does not say it. */
const ASK_AGAIN_MS = 1000;

/** Where the bytes of an attachment are. */
export interface MediaSources {
  content: string;
  thumbnail(size: ThumbnailSize): string;
  rendition(as: RenditionForm, page?: number): string;
}

/** @param revealed links of one that is held back */
export function sourcesOf(item: MediaItem, revealed?: MediaLinks): MediaSources {
  const base = `/api/v1/media/${item.sid}`;
  if (revealed === undefined) {
    return {
      content: `${base}/content`,
      thumbnail: (size) => thumbnailUrl(item, size),
      rendition: (as, page = 1) => `${base}/rendition?as=${as}&page=${page}`,
    };
  }
  const { content, thumbnails, renditions } = revealed;
  return {
    content: pathOf(content) ?? `${base}/content`,
    thumbnail: (size) => pathOf(thumbnails?.[size]) ?? thumbnailUrl(item, size),
    rendition: (as, page = 1) => {
      const path = pathOf(renditions?.[as]) ?? `${base}/rendition?as=${as}`;
      return `${path}&page=${page}`;
    },
  };
}

/** Links have the public address of the server, which may be another than that of the page. */
function pathOf(link: string | null | undefined): string | undefined {
  if (!link) return undefined;
  const { pathname, search } = new URL(link);
  return pathname + search;
}

/**
 * Where the whole picture is, once it can be shown.
 *
 * @throws ApiProblem `no_rendition` with the reason when it cannot
 */
export async function pictureOf(
  item: MediaItem,
  sources: MediaSources,
  options: { signal: AbortSignal; onWait: () => void },
): Promise<string> {
  if (showsOriginal(item)) return sources.content;
  const url = sources.rendition('picture');
  await rendered(url, options);
  return url;
}

/**
 * Where a video or sound is that the browser plays, once it can be played. Those that browsers play anyway are their own
 * renditions.
 *
 * @throws ApiProblem `no_rendition` with the reason when there is none
 */
export async function soundOf(
  item: MediaItem,
  sources: MediaSources,
  as: 'audio' | 'video',
  options: { signal: AbortSignal; onWait: () => void },
): Promise<string> {
  // Without ffmpeg on the server there are no renditions; the browser may play the original all the same.
  if (renditionOf(item, as) === undefined) return sources.content;
  const url = sources.rendition(as);
  await rendered(url, options);
  return url;
}

/**
 * Waits until a rendition is made.
 *
 * @param onWait called when it has to be made first
 * @throws ApiProblem `no_rendition` with the reason when there is none
 */
export async function rendered(
  url: string,
  { signal, onWait }: { signal: AbortSignal; onWait: () => void },
): Promise<void> {
  for (;;) {
    // One byte: whether it is there.
    const response = await send(new Request(url, { headers: { Range: 'bytes=0-0' }, signal }));
    await response.body?.cancel();
    if (response.status !== 202) return;
    onWait();
    const seconds = Number(response.headers.get('Retry-After'));
    await pause(seconds > 0 ? seconds * 1000 : ASK_AGAIN_MS, signal);
  }
}

/**
 * The text of an attachment.
 *
 * @param maxBytes more is not read
 * @throws ApiProblem
 */
export async function textOf(
  url: string,
  maxBytes: number,
  options: { signal: AbortSignal; onWait: () => void },
): Promise<{ text: string; isCut: boolean }> {
  await rendered(url, options);
  const headers = { Range: `bytes=0-${maxBytes - 1}` };
  const response = await send(new Request(url, { headers, signal: options.signal }));
  const text = await response.text();
  const [, total = '0'] = /\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '') ?? [];
  // A character that was cut in the middle.
  return { text: text.replace(/\uFFFD$/, ''), isCut: Number(total) > maxBytes };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = window.setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      window.clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

/** Why something is not shown, for people; undefined when it is only not waited for any more. */
export function reasonOf(error: unknown): string | undefined {
  if (error instanceof ApiProblem) return error.message;
  if (error instanceof DOMException && error.name === 'AbortError') return undefined;
  return error instanceof Error ? error.message : String(error);
}
