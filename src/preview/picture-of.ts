import type { Blob } from '../generated/prisma/client.ts';

/** What a blob looks like; null for what is no picture, or was previewed before that was kept. */
export function pictureOf({
  pdq,
  pdqQuality,
}: Pick<Blob, 'pdq' | 'pdqQuality'>): { hash: string; quality: number } | null {
  return pdq === null || pdqQuality === null ? null : { hash: pdq, quality: pdqQuality };
}
