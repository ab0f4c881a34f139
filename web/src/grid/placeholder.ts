import { thumbHashToDataURL } from 'thumbhash';

const KEPT = 500;
const urls = new Map<string, string>();

/**
 * A blurred picture to show until the thumbnail is there, as a `data:` URL. Decoding takes some tenths of a millisecond.
 *
 * @param hash ThumbHash, base64
 * @returns undefined for one that is none
 */
export function placeholderUrl(hash: string): string | undefined {
  const known = urls.get(hash);
  if (known !== undefined) return known;
  try {
    const bytes = Uint8Array.from(atob(hash), (char) => char.charCodeAt(0));
    const url = thumbHashToDataURL(bytes);
    const [oldest] = urls.keys();
    if (urls.size >= KEPT && oldest !== undefined) urls.delete(oldest);
    urls.set(hash, url);
    return url;
  } catch {
    return undefined;
  }
}
