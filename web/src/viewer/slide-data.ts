import type { SlideData } from 'photoswipe';
import { placeholderUrl } from '../grid/placeholder.ts';
import { describe } from '../grid/tile-text.ts';
import { formOf } from './media-form.ts';
import { sourcesOf } from './media-sources.ts';
import { openedMedia } from './opened-media.ts';

/** What PhotoSwipe is told of an attachment: a picture, or a place to render something into. */
export function slideData(sid: string): SlideData {
  const { item, gone, revealed } = openedMedia(sid).peek();
  const isPicture =
    item !== undefined && gone === undefined && formOf(item, revealed !== undefined) === 'picture';
  const hash = item?.preview?.thumbhash;
  if (!isPicture) return { sid, type: 'html' };
  return {
    sid,
    type: 'image',
    // At once, and as large as the whole picture, which replaces it.
    src: sourcesOf(item, revealed).thumbnail('large'),
    placeholder: hash ? placeholderUrl(hash) : undefined,
    width: item.width ?? undefined,
    height: item.height ?? undefined,
    alt: describe(item),
  };
}
