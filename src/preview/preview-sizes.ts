/** Longest side of each still thumbnail, in pixels. Pictures are never enlarged. */
export const PREVIEW_SIZES = { small: 160, medium: 480, large: 1280 } as const;

export type StillSize = keyof typeof PREVIEW_SIZES;

/** `animated` is there for animations alone, as large as `medium`. */
export type PreviewSizeName = StillSize | 'animated';

/** One thumbnail as the preview process wrote it. */
export interface PreviewFile {
  size: PreviewSizeName;
  path: string;
  contentType: 'image/webp' | 'image/jpeg';
  /** In pixels. */
  width: number;
  height: number;
  byteSize: number;
}

/** As sharp's `resize` takes it: within a square of `side` pixels, never enlarged. */
export function within(side: number) {
  return { width: side, height: side, fit: 'inside', withoutEnlargement: true } as const;
}
