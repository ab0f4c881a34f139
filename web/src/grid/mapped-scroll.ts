// Browsers cap the height of an element at about 16 million pixels, and a list of a million attachments is higher. So the
// place in the list is another number than the `scrollTop` of the element. Small steps (wheel, fingers, keys) move both by the
// same; large ones (the scrollbar, Home, End) go to the part of the list that the part of the element stands for. The same
// lets the list change its height above what is shown without writing `scrollTop`, which would end a fling.

/** Of the element that is scrolled, in pixels. */
export const MAX_HEIGHT = 8_000_000;
/** At both ends of a list that is too high, one pixel of the element is one of the list. */
const EXACT = 1_000_000;
/** Steps of more screens than this are large. */
const LARGE_STEP = 2;

/** In pixels. */
export interface Extent {
  /** Height of the list. */
  list: number;
  /** Height of what is seen of it. */
  view: number;
}

/** In pixels. */
export interface Place {
  /** In the list, of the upper edge of what is seen. */
  position: number;
  /** Of the element. */
  scrollTop: number;
}

/** How high the content of the scrolled element is. */
export function contentHeight({ list }: Extent): number {
  return Math.min(list, MAX_HEIGHT);
}

export function clampPosition(position: number, { list, view }: Extent): number {
  return Math.max(0, Math.min(position, list - view));
}

/** Where the element is scrolled to when it is at rest at a place of the list. */
export function scrollTopOf(position: number, extent: Extent): number {
  const excess = extent.list - contentHeight(extent);
  if (excess <= 0 || position <= EXACT) return position;
  const end = extent.list - extent.view;
  if (end - position <= EXACT) return position - excess;
  const [inList, inElement] = middle(extent);
  return Math.round(EXACT + ((position - EXACT) * inElement) / inList);
}

/** The reverse of `scrollTopOf`. */
export function positionOf(scrollTop: number, extent: Extent): number {
  const excess = extent.list - contentHeight(extent);
  if (excess <= 0 || scrollTop <= EXACT) return clampPosition(scrollTop, extent);
  const end = contentHeight(extent) - extent.view;
  if (end - scrollTop <= EXACT) return clampPosition(scrollTop + excess, extent);
  const [inList, inElement] = middle(extent);
  return clampPosition(Math.round(EXACT + ((scrollTop - EXACT) * inList) / inElement), extent);
}

/** The place after the user has scrolled the element. */
export function scrolled(place: Place, scrollTop: number, extent: Extent): Place {
  const step = scrollTop - place.scrollTop;
  const isLarge = Math.abs(step) > LARGE_STEP * extent.view;
  const position = isLarge
    ? positionOf(scrollTop, extent)
    : clampPosition(place.position + step, extent);
  return { position, scrollTop };
}

/** Whether the element is about to end where the list does not: it has to be scrolled to where it belongs at once. */
export function isCramped({ position, scrollTop }: Place, extent: Extent): boolean {
  const { list, view } = extent;
  const above = scrollTop < view && scrollTop < position;
  const leftInElement = contentHeight(extent) - view - scrollTop;
  const below = leftInElement < view && leftInElement < list - view - position;
  // And the reverse: it could be scrolled beyond the end of the list.
  const beyond = position === 0 && scrollTop > 0;
  return above || below || beyond;
}

/** How long the part between both exact ends is, of the list and of the element. */
function middle(extent: Extent): [number, number] {
  const inList = extent.list - extent.view - 2 * EXACT;
  return [inList, contentHeight(extent) - extent.view - 2 * EXACT];
}
