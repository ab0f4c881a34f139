import type { MediaDetails } from './media-details.ts';
import type { PerceptualHash } from './perceptual-hash.ts';
import type { PreviewKindName } from './preview-kind.ts';
import type { PreviewFile } from './preview-sizes.ts';

/** What stands for a media in a gallery. */
export interface PreviewResult {
  kind: PreviewKindName;
  /** Why it shows less than one would expect; null where it shows what there is. */
  reason: string | null;
  /** Of the media as it is shown, in pixels; null for what has no size of its own. */
  size: { width: number; height: number } | null;
  /** ThumbHash, base64. */
  thumbhash: string;
  /** Of what shows a picture; null for all others. */
  pdq: PerceptualHash | null;
  details: MediaDetails;
  files: PreviewFile[];
}
