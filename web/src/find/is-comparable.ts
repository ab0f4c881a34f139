/** Below this quality only the same bytes are found (docs/api.md, "Have we seen this?"). */
const MIN_QUALITY = 50;

/** Whether a picture has enough detail to find similar ones. */
export function isComparable(quality: number | null): boolean {
  return quality !== null && quality >= MIN_QUALITY;
}
