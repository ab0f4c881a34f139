import { type Signal, signal } from '@preact/signals';
import { address } from '../address.ts';
import { type Filter, queryOf } from '../find/filter.ts';
import { type Anchor, anchorsAt, positionOfAnchor, positionOfFirst } from './anchor.ts';
import { createChunkLoader } from './chunk-loader.ts';
import {
  clampPosition,
  contentHeight,
  isCramped,
  type Place,
  scrolled,
  scrollTopOf,
} from './mapped-scroll.ts';
import { chunkOfInstant, readChunk, readDays } from './read-timeline.ts';
import { metricsFor } from './rows.ts';
import { CHUNK_SIZE, type Chunk, HEADING_HEIGHT } from './sections.ts';
import { createTimeline, type Timeline } from './timeline.ts';

/** `loading`: nothing is known yet. */
export type GridStatus = 'loading' | 'ready' | 'failed';

/** A filtered list, what is loaded of it, and where it is scrolled to. */
export interface GridModel {
  readonly timeline: Timeline;
  readonly filter: Filter;
  readonly place: Place;
  /** Height of what is seen, in pixels. */
  readonly view: number;
  readonly status: Signal<GridStatus>;
  readonly problem: Signal<Error | null>;
  /** Grows when something else is to be drawn. */
  readonly version: Signal<number>;
  /** Reads the list, from the start or from where the history says. */
  start(anchor: Anchor | undefined): Promise<void>;
  /** Reads everything again; what is seen stays where it is. */
  refresh(): Promise<void>;
  /** @param scrollTop of the element that scrolls, after the user has scrolled it */
  scrolledTo(scrollTop: number): void;
  resize(width: number, view: number): void;
  /** @returns where the element has to be scrolled to; undefined: it is where it belongs */
  settle(isAtRest: boolean): number | undefined;
  /** Changes the list; what is seen stays where it is. */
  change(act: (timeline: Timeline) => void): void;
  jumpTo(position: number): void;
  /** Scrolls as little as needed for a part of the list to be seen. */
  reveal(top: number, height: number): void;
  isAtTop(): boolean;
  /** Loads what is seen or near it, and forgets what is far away. */
  loadAround(): void;
  load(chunk: Chunk): Promise<void>;
  problemOf(chunk: Chunk): Error | undefined;
  retry(): void;
  stop(): void;
}

/** Nobody notices that much. */
const AT_TOP = 24;
/** By then the pictures of the first screen are there. */
const REST_AFTER_MS = 1000;
/** Chunks whose attachments are kept. */
const KEPT = 60;

export function createGridModel(filter: Filter, width: number, view: number): GridModel {
  const query = queryOf(filter);
  const ending = new AbortController();
  const version = signal(0);
  const status = signal<GridStatus>('loading');
  const problem = signal<Error | null>(null);
  let timeline = createTimeline(metricsFor(width));
  let place: Place = { position: 0, scrollTop: 0 };
  let viewHeight = view;
  let begin: Anchor | undefined;
  const loader = createChunkLoader(
    async (chunk, signal) => {
      const items = await readChunk(chunk, query, signal);
      // Another list may have taken the place of this one.
      if (signal.aborted || !timeline.chunks.includes(chunk)) return;
      model.change(() => timeline.setItems(chunk, items));
    },
    () => {
      version.value += 1;
    },
  );

  function extent() {
    return { list: timeline.height, view: viewHeight };
  }

  function moveTo(position: number): void {
    place = { ...place, position: clampPosition(Math.round(position), extent()) };
    version.value += 1;
  }

  /** The chunks that are seen, and the others within a screen. */
  function chunksAround(of: Timeline, position: number): { seen: Chunk[]; near: Chunk[] } {
    const between = (top: number, bottom: number) =>
      of.chunks.filter((chunk) => chunk.top < bottom && chunk.top + chunk.height >= top);
    const seen = between(position, position + viewHeight);
    const around = between(position - viewHeight, position + 2 * viewHeight);
    return { seen, near: around.filter((chunk) => !seen.includes(chunk)) };
  }

  async function goToAnchor(anchor: Anchor): Promise<void> {
    if (anchor.kind === 'tile') {
      const { receivedAt } = anchor;
      const section = timeline.sections.find(({ from }) => from <= receivedAt);
      if (section === undefined) return;
      moveTo(section.top);
      const chunk = await chunkOfInstant(section, receivedAt, query);
      if (chunk === undefined) return;
      await loader.load(chunk);
      // The attachment is gone: where it was.
      const fallback = chunk.top + HEADING_HEIGHT;
      moveTo(positionOfAnchor(timeline, anchor) ?? fallback);
    } else {
      const position = positionOfAnchor(timeline, anchor);
      if (position !== undefined) moveTo(position);
    }
  }

  const model: GridModel = {
    get timeline() {
      return timeline;
    },
    get place() {
      return place;
    },
    get view() {
      return viewHeight;
    },
    filter,
    status,
    problem,
    version,
    async start(anchor) {
      begin = anchor;
      status.value = 'loading';
      problem.value = null;
      const next = createTimeline(timeline.metrics);
      timeline = next;
      let isRestored = anchor === undefined;
      try {
        // Behind an attachment that a link has opened, the list has to know where that is.
        const isAtTop = anchor === undefined && address.peek().sid === undefined;
        const restAfterMs = isAtTop ? REST_AFTER_MS : 0;
        for await (const days of readDays(query, ending.signal, restAfterMs)) {
          model.change(() => next.append(days));
          const oldest = next.sections.at(-1);
          const target = anchor && (anchor.kind === 'tile' ? anchor.receivedAt : anchor.from);
          if (!isRestored && anchor && oldest && target && oldest.from <= target) {
            isRestored = true;
            await goToAnchor(anchor);
          }
          if (isRestored) status.value = 'ready';
        }
        status.value = 'ready';
      } catch (error) {
        if (ending.signal.aborted) return;
        problem.value = error as Error;
        if (status.value === 'loading') status.value = 'failed';
      }
    },
    async refresh() {
      if (status.value !== 'ready') return model.start(begin);
      const next = createTimeline(timeline.metrics);
      for await (const days of readDays(query, ending.signal)) next.append(days);
      // What is seen is loaded before it replaces what was.
      for (let round = 0; round < 2; round += 1) {
        const position = positionIn(next);
        const { seen, near } = chunksAround(next, position);
        const missing = [...seen, ...near].filter(({ items }) => items === undefined);
        if (missing.length === 0) break;
        for (const chunk of missing) {
          next.setItems(chunk, await readChunk(chunk, query, ending.signal));
        }
      }
      if (ending.signal.aborted) return;
      const position = positionIn(next);
      timeline = next;
      problem.value = null;
      moveTo(position);
    },
    scrolledTo(scrollTop) {
      if (scrollTop !== place.scrollTop) place = scrolled(place, scrollTop, extent());
    },
    resize(newWidth, newView) {
      if (newWidth !== timeline.metrics.width) {
        model.change(() => timeline.setMetrics(metricsFor(newWidth)));
      }
      viewHeight = newView;
      moveTo(place.position);
    },
    settle(isAtRest) {
      const scrollTop = scrollTopOf(place.position, extent());
      if (scrollTop === place.scrollTop) return undefined;
      if (!isAtRest && !isCramped(place, extent())) return undefined;
      place = { ...place, scrollTop };
      return scrollTop;
    },
    change(act) {
      const anchors = anchorsAt(timeline, place.position, viewHeight);
      const wasAtTop = place.position === 0;
      act(timeline);
      moveTo(wasAtTop ? 0 : (positionOfFirst(timeline, anchors) ?? place.position));
    },
    jumpTo: moveTo,
    reveal(top, height) {
      const { position } = place;
      if (top < position + HEADING_HEIGHT) moveTo(top - HEADING_HEIGHT);
      else if (top + height > position + viewHeight) moveTo(top + height - viewHeight);
    },
    isAtTop: () => place.position < AT_TOP,
    loadAround() {
      const { seen, near } = chunksAround(timeline, place.position);
      loader.want(seen, near);
      // Of what has grown by arrivals, a request would give only a part back.
      const kept = timeline.chunks.filter(({ items, count }) => items && count <= CHUNK_SIZE);
      if (kept.length <= KEPT) return;
      const distance = ({ top }: Chunk) => Math.abs(top - place.position);
      const far = kept.toSorted((a, b) => distance(a) - distance(b)).slice(KEPT / 2);
      const around = new Set([...seen, ...near]);
      for (const chunk of far) if (!around.has(chunk)) timeline.unload(chunk);
    },
    load: loader.load,
    problemOf: loader.problemOf,
    retry: loader.retry,
    stop() {
      ending.abort();
      loader.stop();
    },
  };

  function positionIn(next: Timeline): number {
    if (model.isAtTop()) return 0;
    const anchors = anchorsAt(timeline, place.position, viewHeight);
    return positionOfFirst(next, anchors) ?? place.position;
  }

  return model;
}

/** How high the element's content has to be, in pixels. */
export function contentHeightOf({ timeline, view }: GridModel): number {
  return contentHeight({ list: timeline.height, view });
}
