import type { MediaLinkSet, MediaLinks } from '../auth/media-links.ts';
import { metadataOf } from '../metadata/strip-metadata.ts';
import type { MediaItem } from './item-schemas.ts';

/** Signs the links to a media item. */
export type ItemLinks = (
  item: MediaItem,
  baseUrl: string,
  options: { expiresIn: number; stripMetadata?: boolean | undefined },
) => MediaLinkSet;

/** @param stripsByDefault whether links show media without metadata, unless the options say otherwise */
export function createItemLinks(links: MediaLinks, stripsByDefault: boolean): ItemLinks {
  return (item, baseUrl, { expiresIn, stripMetadata = stripsByDefault }) => {
    const set = links.create(item, baseUrl, expiresIn, { stripMetadata });
    const isShown = !stripMetadata || metadataOf(item.contentType) !== 'unknown';
    return isShown ? set : { ...set, content: null };
  };
}
