import { useLayoutEffect, useState } from 'preact/hooks';
import { contentHeightOf, type GridModel } from './grid-model.ts';
import { type Rendered, renderedAround, renderedNext } from './rendered-rows.ts';

const REST_MS = 150;
const LOAD_MS = 50;
/** What is seen after a jump gets its pictures before what is beyond the edges. */
const BEYOND_AFTER_MS = 600;
/** And that is drawn bit by bit, so that the page is never held for long. */
const BEYOND_STEPS = 4;
const BEYOND_STEP_MS = 100;
/** In screens: less is scrolling. */
const JUMP = 2;
/** Faster than a screen in as many milliseconds is fast. */
const FAST_SCREEN_MS = 120;

/** What of the list is in the document. */
export interface Drawn extends Rendered {
  /** From places of the list to those of the element. */
  shift: number;
  height: number;
  /** Where the element has to be scrolled to. */
  scrollTop: number | undefined;
  version: number;
  /** Whether it scrolls so fast that nobody sees a picture: no thumbnails are asked for. */
  isFast: boolean;
}

/** The element that scrolls. */
export type Scroller = { readonly current: HTMLElement | null };

/** Draws again what has changed, at most once a frame. */
export function useDrawn(model: GridModel, main: Scroller): Drawn | null {
  const [drawn, setDrawn] = useState<Drawn | null>(null);
  useLayoutEffect(() => {
    const element = main.current;
    if (element === null) return;
    let frame: number | undefined;
    let loadTimer: number | undefined;
    let isLoadDue = false;
    let restTimer: number | undefined;
    let isAtRest = true;
    let isFast = false;
    let lastScrollAt = 0;
    let last: Drawn | undefined;
    let lastPosition: number | undefined;
    let beyondTimer: number | undefined;
    let beyondSteps = 0;

    /** How far beyond what is seen is drawn, in pixels. */
    function margin(position: number): number {
      const moved = lastPosition === undefined ? undefined : Math.abs(position - lastPosition);
      lastPosition = position;
      if (moved === undefined || moved > JUMP * model.view) {
        beyondSteps = 0;
        window.clearTimeout(beyondTimer);
        beyondTimer = window.setTimeout(drawBeyond, BEYOND_AFTER_MS);
      }
      return (model.view * beyondSteps) / BEYOND_STEPS;
    }

    function drawBeyond(): void {
      beyondSteps += 1;
      if (beyondSteps < BEYOND_STEPS) beyondTimer = window.setTimeout(drawBeyond, BEYOND_STEP_MS);
      schedule();
    }

    /** At once, and then not more often than is of use. */
    function load(): void {
      if (loadTimer !== undefined) {
        isLoadDue = true;
        return;
      }
      model.loadAround();
      loadTimer = window.setTimeout(() => {
        loadTimer = undefined;
        if (isLoadDue) load();
        isLoadDue = false;
      }, LOAD_MS);
    }

    function draw(): void {
      frame = undefined;
      const scrollTop = model.settle(isAtRest);
      const { position, scrollTop: from } = model.place;
      const wanted = renderedAround(model.timeline, position, model.view, margin(position));
      const { rendered, isWhole } = renderedNext(wanted, last);
      if (!isWhole) schedule();
      const next: Drawn = {
        ...rendered,
        shift: Math.round(from - position),
        height: contentHeightOf(model),
        scrollTop,
        version: model.version.value,
        isFast,
      };
      load();
      if (last !== undefined && scrollTop === undefined && isSameDrawing(last, next)) return;
      last = next;
      setDrawn(next);
    }

    function schedule(): void {
      frame ??= requestAnimationFrame(draw);
    }

    function onScroll(): void {
      if (element === null || element.scrollTop === model.place.scrollTop) return;
      isAtRest = false;
      window.clearTimeout(restTimer);
      restTimer = window.setTimeout(() => {
        isAtRest = true;
        isFast = false;
        schedule();
      }, REST_MS);
      const now = performance.now();
      const step = Math.abs(element.scrollTop - model.place.scrollTop);
      isFast = step / (now - lastScrollAt) > model.view / FAST_SCREEN_MS;
      lastScrollAt = now;
      model.scrolledTo(element.scrollTop);
      schedule();
    }

    element.addEventListener('scroll', onScroll, { passive: true });
    const endVersions = model.version.subscribe(schedule);
    draw();
    return () => {
      element.removeEventListener('scroll', onScroll);
      endVersions();
      if (frame !== undefined) cancelAnimationFrame(frame);
      for (const timer of [loadTimer, restTimer, beyondTimer]) window.clearTimeout(timer);
    };
  }, [model]);
  useLayoutEffect(() => {
    if (drawn?.scrollTop !== undefined && main.current) main.current.scrollTop = drawn.scrollTop;
  }, [drawn]);
  return drawn;
}

function isSameDrawing(a: Drawn, b: Drawn): boolean {
  return (
    a.version === b.version &&
    a.isFast === b.isFast &&
    a.shift === b.shift &&
    a.height === b.height &&
    a.chunks.length === b.chunks.length &&
    a.sections.length === b.sections.length &&
    a.chunks.every(
      ({ chunk, first, end }, index) =>
        b.chunks[index]?.chunk === chunk &&
        b.chunks[index].first === first &&
        b.chunks[index].end === end,
    )
  );
}
