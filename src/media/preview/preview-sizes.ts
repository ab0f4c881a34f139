/** Longest side of each thumbnail, in pixels. Pictures are never enlarged. */
export const PREVIEW_SIZES = { small: 160, medium: 480, large: 1280 } as const;

export type PreviewSizeName = keyof typeof PREVIEW_SIZES;

/** One thumbnail as the preview process wrote it. */
export interface PreviewFile {
  size: PreviewSizeName;
  path: string;
  contentType: 'image/webp';
  /** In pixels. */
  width: number;
  height: number;
  byteSize: number;
}

/** What stands for a media in a gallery, or why there is nothing. */
export type PreviewResult =
  | {
      kind: 'image';
      /** Of the picture as it is shown, in pixels. */
      width: number;
      height: number;
      /** ThumbHash, base64. */
      thumbhash: string;
      files: PreviewFile[];
    }
  | { kind: 'none'; reason: string };
