import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { address, filter, go, remember, remembered } from '../address.ts';
import { connection } from '../api/live-events.ts';
import { onBulkEnd } from '../bulk/followed-acts.ts';
import { type Filter, writeFilter } from '../find/filter.ts';
import { notifyError } from '../frame/announcements.tsx';
import { Icon } from '../frame/icons.tsx';
import { listenForKeys } from '../frame/shortcuts.ts';
import { strings } from '../strings.ts';
import { anchorsAt, readAnchor } from './anchor.ts';
import { type Arrivals, createArrivals } from './arrivals.ts';
import { drawAtMidnight } from './draw-at-midnight.ts';
import { followClosing } from './focus.ts';
import { GridCanvas } from './grid-canvas.tsx';
import { gridShortcuts, listenToTiles } from './grid-input.ts';
import { createGridModel, type GridModel } from './grid-model.ts';
import { createItemUpdates } from './item-updates.ts';
import { offerItems } from './neighbours.ts';
import { Scrubber } from './scrubber.tsx';
import { clearSelection } from './selection.ts';
import { SelectionBar } from './selection-bar.tsx';
import './grid.css';

/** After as long without scrolling, it has come to rest. */
const REST_MS = 150;
/** The handle of the axis stays as long. */
const SHOWN_MS = 1500;

/** What came in, newest first. */
export function Grid() {
  const key = writeFilter(filter.value);
  // Another filter is another list.
  return <FilteredGrid key={key} own={filter.value} />;
}

interface Parts {
  model: GridModel;
  arrivals: Arrivals;
}

function FilteredGrid({ own }: { own: Filter }) {
  const main = useRef<HTMLElement>(null);
  const [parts, setParts] = useState<Parts | null>(null);
  const isScrolling = useSignal(false);

  useLayoutEffect(() => {
    const element = main.current;
    if (element === null) return;
    const model = createGridModel(own, ...sizeOf(element));
    const updates = createItemUpdates(model);
    const arrivals = createArrivals(model, updates);
    const ends = [
      arrivals.follow(),
      offerItems((sid) => model.timeline.find(sid)?.chunk.items),
      listenToTiles(element, model, (sid) => updates.retry(sid)),
      listenForKeys(gridShortcuts(model)),
      followSize(element, model),
      followClosing(model),
      rememberPlace(element, model, isScrolling),
      retryWhenBack(model),
      drawAtMidnight(model),
      () => updates.stop(),
      () => model.stop(),
      // Of some senders there are no events.
      onBulkEnd(() => void model.refresh().catch(notifyError)),
      clearSelection,
    ];
    setParts({ model, arrivals });
    void model.start(readAnchor(remembered('grid')));
    return () => {
      for (const end of ends) end();
    };
  }, []);

  return (
    <div class="grid-frame">
      <main id="content" class="grid" tabIndex={-1} ref={main} aria-label={strings.grid.label}>
        <h1 class="visually-hidden">{strings.grid.label}</h1>
        {parts && <GridContent {...parts} main={main} />}
      </main>
      {parts && (
        <section class="grid-tools" aria-label={strings.grid.tools}>
          <NewPill {...parts} />
          <Scrubber model={parts.model} isShown={isScrolling.value} />
          <SelectionBar filter={own} />
        </section>
      )}
    </div>
  );
}

/** The list, or why there is none. */
function GridContent({
  model,
  arrivals,
  main,
}: Parts & { main: { readonly current: HTMLElement | null } }) {
  const isEmpty = useComputed(() => {
    model.version.value;
    return model.timeline.sections.length === 0;
  });
  if (model.status.value === 'failed') {
    return (
      <div class="grid-message" role="alert">
        <Icon name="warning" />
        <p>{model.problem.value?.message}</p>
        <button
          type="button"
          class="primary-button"
          onClick={() => void model.start(readAnchor(remembered('grid')))}
        >
          {strings.grid.tryAgain}
        </button>
      </div>
    );
  }
  if (model.status.value === 'loading') {
    return (
      <div class="chunk-waiting grid-loading" role="status" aria-label={strings.grid.loading} />
    );
  }
  if (isEmpty.value) return <Nothing isFiltered={writeFilter(model.filter) !== ''} />;
  return <GridCanvas model={model} fresh={arrivals.fresh} main={main} />;
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const { nothingYet, nothingYetHelp, nothingFound, clearFilter } = strings.grid;
  return (
    <div class="grid-message">
      <Icon name={isFiltered ? 'search' : 'picture'} />
      <p role="status">{isFiltered ? nothingFound : nothingYet}</p>
      {isFiltered ? (
        <button
          type="button"
          class="primary-button"
          onClick={() => go({ ...address.value, filter: {} })}
        >
          {clearFilter}
        </button>
      ) : (
        <p class="hint">{nothingYetHelp}</p>
      )}
    </div>
  );
}

/** How many have arrived above what is seen. */
function NewPill({ model, arrivals: { unseen } }: Parts) {
  model.version.value;
  const isSeen = model.isAtTop();
  useEffect(() => {
    if (isSeen) unseen.value = 0;
  }, [isSeen]);
  if (unseen.value === 0 || isSeen) return null;
  return (
    <button
      type="button"
      class="new-pill"
      onClick={() => {
        unseen.value = 0;
        model.change((timeline) => timeline.joinArrived());
        model.jumpTo(0);
      }}
    >
      <Icon name="chevronUp" />
      {strings.grid.newOnes(unseen.value)}
    </button>
  );
}

function sizeOf(element: HTMLElement): [number, number] {
  const { paddingLeft, paddingRight } = getComputedStyle(element);
  const width =
    element.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
  return [Math.floor(width), element.clientHeight];
}

function followSize(element: HTMLElement, model: GridModel): () => void {
  const observer = new ResizeObserver(() => model.resize(...sizeOf(element)));
  observer.observe(element);
  return () => observer.disconnect();
}

/** Follows scrolling, and writes into the history where the grid is when it rests. */
function rememberPlace(
  element: HTMLElement,
  model: GridModel,
  isScrolling: { value: boolean },
): () => void {
  let restTimer: number | undefined;
  let shownTimer: number | undefined;
  const endVersions = model.version.subscribe(write);

  function write(): void {
    window.clearTimeout(restTimer);
    restTimer = window.setTimeout(() => {
      if (model.status.value !== 'ready') return;
      const [seen] = anchorsAt(model.timeline, model.place.position, model.view);
      const anchor = model.place.position === 0 ? undefined : seen;
      // Browsers limit how often the history is written.
      if (JSON.stringify(anchor) === JSON.stringify(remembered('grid'))) return;
      remember('grid', anchor);
    }, REST_MS);
  }

  function onScroll(): void {
    isScrolling.value = true;
    window.clearTimeout(shownTimer);
    shownTimer = window.setTimeout(() => {
      isScrolling.value = false;
    }, SHOWN_MS);
    write();
  }

  element.addEventListener('scroll', onScroll, { passive: true });
  // An attachment is opened or closed: that place in the history leads back here, too.
  const endAddress = address.subscribe(write);
  return () => {
    window.clearTimeout(restTimer);
    window.clearTimeout(shownTimer);
    element.removeEventListener('scroll', onScroll);
    endVersions();
    endAddress();
  };
}

/** What could not be loaded is tried again when the server answers again. */
function retryWhenBack(model: GridModel): () => void {
  return connection.subscribe((now) => {
    if (now !== 'live') return;
    model.retry();
    if (model.problem.peek() === null) return;
    if (model.status.peek() === 'failed') void model.start(readAnchor(remembered('grid')));
    // Some of the days are there.
    else void model.refresh().catch(notifyError);
  });
}
