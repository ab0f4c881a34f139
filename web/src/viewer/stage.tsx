import { effect, signal } from '@preact/signals';
import PhotoSwipe, { type SlideData } from 'photoswipe';
import 'photoswipe/style.css';
import { render } from 'preact';
import { neighbourOf } from '../grid/neighbours.ts';
import { strings } from '../strings.ts';
import { forgetMedia, openedMedia } from './opened-media.ts';
import { showPicture } from './show-picture.ts';
import { Slide, slideKey } from './slide.tsx';
import { slideData } from './slide-data.ts';

type Content = NonNullable<PhotoSwipe['currSlide']>['content'];

/** Attachments that are read ahead on each side. */
const AHEAD = 2;
const ZOOM_STEP = 1.5;

/** What is open, and what can be swiped to. */
export interface Stage {
  /** @returns false for one that is not among those that were read */
  show(sid: string): boolean;
  move(step: 1 | -1): void;
  zoom(direction: 1 | -1 | 0): void;
  end(): void;
}

/** Whether something precedes and follows what is open. */
export const edges = signal({ previous: false, next: false });

/**
 * Shows attachments one beside the other: PhotoSwipe moves and zooms, pictures are its own, everything else is rendered
 * into its slides. It knows a row of attachments that begins at 0; those before the first are put in front as they are read.
 *
 * @param onChange called with what is open now
 */
export function createStage(
  host: HTMLElement,
  first: string,
  onChange: (sid: string) => void,
): Stage {
  const sids = signal([first]);
  const keys = new Map<string, string>();
  const rendered = new Map<Content, HTMLElement>();
  const abort = new AbortController();
  const data: SlideData[] = [slideData(first)];
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  let picture: AbortController | undefined;

  const pswp = new PhotoSwipe({
    dataSource: data,
    index: 0,
    appendToEl: host,
    getViewportSizeFn: () => ({ x: host.clientWidth, y: host.clientHeight }),
    paddingFn: ({ x }) => ({ top: 60, bottom: x < 600 ? 72 : 12, left: 0, right: 0 }),
    loop: false,
    preload: [1, 1],
    showHideAnimationType: 'none',
    zoomAnimationDuration: isStill ? 0 : 250,
    bgOpacity: 1,
    trapFocus: false,
    returnFocus: false,
    closeOnVerticalDrag: false,
    pinchToClose: false,
    imageClickAction: 'zoom',
    bgClickAction: false,
    tapAction: false,
    doubleTapAction: 'zoom',
    errorMsg: strings.viewer.noPicture,
  });
  pswp.addFilter('placeholderSrc', (_, { data: { placeholder } }) => placeholder ?? false);
  // The browser selects texts, and works its players.
  pswp.addFilter('preventPointerEvent', (_, { target }) =>
    (target as Element).classList.contains('pswp__img'),
  );
  // Its own buttons.
  pswp.on('uiRegister', () => {
    if (pswp.ui) pswp.ui.uiElementsData = [];
  });
  // All keys are of the viewer.
  pswp.on('keydown', (event) => event.preventDefault());
  pswp.on('contentLoad', (event) => {
    const { content } = event;
    if (content.isImageContent()) return;
    event.preventDefault();
    const element = document.createElement('div');
    element.className = 'pswp__content';
    render(<Slide sid={content.data.sid} />, element);
    content.element = element;
    rendered.set(content, element);
  });
  pswp.on('contentDestroy', ({ content }) => unrender(content));
  pswp.on('change', () => {
    keepNeighboursInert();
    const sid = sids.peek()[pswp.currIndex];
    if (sid === undefined) return;
    showWhole(sid);
    edges.value = {
      previous: pswp.currIndex > 0,
      next: pswp.currIndex < pswp.getNumItems() - 1,
    };
    onChange(sid);
    void readAhead();
  });
  pswp.init();
  pswp.element?.removeAttribute('role');
  const resized = new ResizeObserver(() => pswp.updateSize());
  resized.observe(host);
  // A slide is made anew when something else has to be shown of its attachment.
  const endKeys = effect(() => {
    for (const [index, sid] of sids.value.entries()) {
      const key = slideKey(openedMedia(sid).value);
      const before = keys.get(sid);
      keys.set(sid, key);
      if (before !== undefined && before !== key) remake(index, sid);
    }
  });

  /** Tab stays with what is open. */
  function keepNeighboursInert(): void {
    for (const [place, { el }] of pswp.mainScroll.itemHolders.entries()) {
      const isOpen = place === 1;
      // The focus would be nowhere, and the keys with it.
      if (!isOpen && el.contains(document.activeElement)) host.closest('dialog')?.focus();
      el.inert = !isOpen;
    }
  }

  function remake(index: number, sid: string): void {
    data[index] = slideData(sid);
    for (const content of rendered.keys()) if (content.data.sid === sid) unrender(content);
    pswp.refreshSlideContent(index);
  }

  function unrender(content: Content): void {
    const element = rendered.get(content);
    if (element !== undefined) render(null, element);
    rendered.delete(content);
  }

  /** The thumbnail is replaced by the whole picture. */
  function showWhole(sid: string): void {
    picture?.abort();
    picture = new AbortController();
    const content = pswp.currSlide?.content;
    if (content?.isImageContent()) void showPicture(sid, content, picture.signal);
  }

  /** Reads what precedes and follows, so that there is something to swipe to. */
  async function readAhead(): Promise<void> {
    for (const step of [1, -1] as const) {
      while (!abort.signal.aborted) {
        const end = step === 1 ? sids.peek().at(-1) : sids.peek()[0];
        const left = step === 1 ? data.length - 1 - pswp.currIndex : pswp.currIndex;
        if (end === undefined || left >= AHEAD) break;
        // What is at the end may be gone.
        const item = await neighbourOf(end, step).catch(() => null);
        if (item === null || abort.signal.aborted) break;
        if (!sids.peek().includes(item.sid)) add(item.sid, step);
        // Otherwise it was read by another change meanwhile, or something is twice in the list.
        else if (end === (step === 1 ? sids.peek().at(-1) : sids.peek()[0])) break;
      }
    }
  }

  function add(sid: string, step: 1 | -1): void {
    const { itemHolders } = pswp.mainScroll;
    if (step === 1) data.push(slideData(sid));
    else {
      data.unshift(slideData(sid));
      pswp.currIndex += 1;
      pswp.potentialIndex += 1;
      for (const { slide } of itemHolders) if (slide) slide.index += 1;
      for (const content of pswp.contentLoader._cachedItems) content.index += 1;
    }
    sids.value = step === 1 ? [...sids.peek(), sid] : [sid, ...sids.peek()];
    const holder = itemHolders[1 + step];
    if (holder !== undefined && pswp.opener.isOpen) pswp.setContent(holder, pswp.currIndex + step);
    edges.value = { ...edges.peek(), [step === 1 ? 'next' : 'previous']: true };
  }

  const isThere = (step: 1 | -1) => data[pswp.potentialIndex + step] !== undefined;
  const go = (step: 1 | -1) => (step === 1 ? pswp.next() : pswp.prev());

  return {
    show(sid) {
      const index = sids.peek().indexOf(sid);
      if (index === -1) return false;
      if (index !== pswp.currIndex) pswp.goTo(index);
      return true;
    },
    move(step) {
      const from = sids.peek()[pswp.currIndex];
      if (isThere(step)) go(step);
      // What is asked for before it was read.
      else
        void readAhead().then(
          () => sids.peek()[pswp.currIndex] === from && isThere(step) && go(step),
        );
    },
    zoom(direction) {
      const slide = pswp.currSlide;
      if (!slide) return;
      const { currZoomLevel, zoomLevels } = slide;
      const level = direction === 0 ? zoomLevels.initial : currZoomLevel * ZOOM_STEP ** direction;
      slide.zoomTo(level, undefined, pswp.options.zoomAnimationDuration || 0);
    },
    end() {
      abort.abort();
      picture?.abort();
      endKeys();
      resized.disconnect();
      for (const content of rendered.keys()) unrender(content);
      pswp.destroy();
      forgetMedia();
    },
  };
}
