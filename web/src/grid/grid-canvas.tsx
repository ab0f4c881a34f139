import type { ReadonlySignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { waitingActs } from '../moderation/acts.ts';
import { strings } from '../strings.ts';
import { CurrentDay, DayHeading } from './day-heading.tsx';
import { firstSeen, focusable, giveAwaitedFocus } from './focus.ts';
import type { GridModel } from './grid-model.ts';
import { itemAspect } from './item-order.ts';
import type { Rendered, RenderedChunk } from './rendered-rows.ts';
import { isSelected, selected } from './selection.ts';
import { Tile } from './tile.tsx';
import { type Scroller, useDrawn } from './use-drawn.ts';

/**
 * Days and their tiles. All of them are placed by transforms, which move nothing else, so that what arrives or is loaded above
 * never shifts the layout of what is seen.
 */
export function GridCanvas(props: {
  model: GridModel;
  fresh: ReadonlySignal<ReadonlySet<string>>;
  main: Scroller;
}) {
  const { model, fresh, main } = props;
  const drawn = useDrawn(model, main);
  const canvas = useRef<HTMLDivElement>(null);
  useKeptFocus(canvas, main);
  if (drawn === null) return null;
  const { rowHeight, gap } = model.timeline.metrics;
  const isSelecting = selected.value.size > 0;
  const tabStop = tabStopOf(model, drawn);
  return (
    <>
      <CurrentDay model={model} main={main} />
      <div
        ref={canvas}
        class={`grid-canvas ${isSelecting ? 'is-selecting' : ''}`}
        style={{ height: `${drawn.height}px`, '--row': `${rowHeight}px`, '--gap': `${gap}px` }}
      >
        {drawn.sections.map((section) => (
          <section key={section.from} aria-labelledby={`day-${section.from}`}>
            <DayHeading section={section} shift={drawn.shift} />
            {drawn.chunks
              .filter(({ chunk }) => chunk.section === section)
              .map((rendered) => (
                <ChunkView
                  key={rendered.chunk.index}
                  model={model}
                  rendered={rendered}
                  shift={drawn.shift}
                  fresh={fresh.value}
                  tabStop={tabStop}
                  isFast={drawn.isFast}
                />
              ))}
          </section>
        ))}
      </div>
    </>
  );
}

/** The tile that the Tab key leads to has to be in the document: the one used last, or the first one that is seen. */
function tabStopOf(model: GridModel, { chunks }: Rendered): string | null {
  const found = focusable.value === null ? undefined : model.timeline.find(focusable.value);
  const isDrawn = chunks.some(
    ({ chunk, first, end }) => found?.chunk === chunk && found.index >= first && found.index < end,
  );
  if (isDrawn) return focusable.value;
  const seen = firstSeen(model);
  return seen?.chunk.items?.[seen.index]?.sid ?? null;
}

/** A tile that has the focus may leave the document: the keys go on from there all the same. */
function useKeptFocus(canvas: { current: HTMLElement | null }, main: Scroller): void {
  const hadFocus = useRef(false);
  useLayoutEffect(() => {
    if (canvas.current) giveAwaitedFocus(canvas.current);
    const { activeElement } = document;
    if (hadFocus.current && (activeElement === document.body || activeElement === null)) {
      main.current?.focus({ preventScroll: true });
    }
    hadFocus.current = main.current?.contains(activeElement) ?? false;
  });
}

function ChunkView(props: {
  model: GridModel;
  rendered: RenderedChunk;
  shift: number;
  fresh: ReadonlySet<string>;
  tabStop: string | null;
  isFast: boolean;
}) {
  const { model, rendered, shift, fresh, tabStop, isFast } = props;
  const { chunk, first, end } = rendered;
  const style = { transform: `translateY(${chunk.top + shift}px)`, height: `${chunk.height}px` };
  if (chunk.items === undefined) {
    const problem = model.problemOf(chunk);
    if (problem === undefined) return <div class="chunk chunk-waiting" style={style} />;
    return (
      <div class="chunk chunk-failed" style={style} role="alert">
        <p>{problem.message}</p>
        <button type="button" class="text-button" onClick={model.retry}>
          {strings.grid.tryAgain}
        </button>
      </div>
    );
  }
  const { items, layout, aspects } = chunk;
  return (
    <ul class="chunk" style={style}>
      {items.slice(first, end).map((item, index) => {
        const box = layout?.boxes[first + index];
        return (
          box && (
            <Tile
              key={item.sid}
              item={item}
              act={waitingActs.value.get(item.sid)}
              box={box}
              isMisfit={aspects[first + index] !== itemAspect(item)}
              ofMessage={ofMessage(items, first + index)}
              isSelected={isSelected(item.sid)}
              isFocusable={item.sid === tabStop}
              isNew={fresh.has(item.sid)}
              isPassing={isFast}
            />
          )
        );
      })}
    </ul>
  );
}

/** How many attachments of the message are in the list; said at the first of them. */
function ofMessage(items: readonly { messageSid: string }[], index: number): number {
  const sid = items[index]?.messageSid;
  if (sid === undefined || items[index - 1]?.messageSid === sid) return 1;
  let end = index + 1;
  while (items[end]?.messageSid === sid) end += 1;
  return end - index;
}
