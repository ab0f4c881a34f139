import { useEffect, useRef, useState } from 'preact/hooks';
import { filter } from '../address.ts';
import { onLiveEvent, onMissedEvents } from '../api/live-events.ts';
import { announce } from '../frame/announcements.tsx';
import { Icon } from '../frame/icons.tsx';
import { PageLink } from '../frame/page-link.tsx';
import { strings } from '../strings.ts';
import { applyFilter } from './apply-filter.ts';
import { countResults } from './count-results.ts';
import type { Filter } from './filter.ts';
import { chipsOf } from './filter-words.ts';

const RECOUNT_MS = 2000;
/** Counting what few filters lead to takes the server seconds: it is then done as much less often. */
const RECOUNT_SHARE = 20;

/** What the grid is limited to, each to take away, and how many attachments that leaves. */
export function FilterChips() {
  const bar = useRef<HTMLElement>(null);
  const chips = chipsOf(filter.value);
  if (chips.length === 0) return null;

  function remove(names: readonly (keyof Filter)[]): void {
    const kept = Object.entries(filter.value).filter(([name]) => !names.includes(name as never));
    applyFilter(Object.fromEntries(kept));
    // The button is gone, and with it the focus.
    requestAnimationFrame(() => {
      const next = bar.current?.querySelector<HTMLElement>('button');
      (next ?? document.getElementById('content'))?.focus();
    });
  }

  const { from, to } = filter.value;
  return (
    <section ref={bar} class="filter-chips" aria-label={strings.find.active}>
      <ResultCount of={filter.value} />
      <ul>
        {chips.map(({ names, label: [what, value] }) => (
          <li key={names.join()}>
            <button
              type="button"
              class="chip"
              aria-label={strings.find.remove(`${what}${value}`)}
              onClick={() => remove(names)}
            >
              <span>
                {what}
                <bdi>{value}</bdi>
              </span>
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      {chips.length > 1 && (
        <button
          type="button"
          class="text-button"
          onClick={() => remove(chips.flatMap(({ names }) => names))}
        >
          {strings.find.clear}
        </button>
      )}
      {from !== undefined && (
        <PageLink
          class="text-button"
          to={{ page: 'conversation', filter: { from, ...(to !== undefined && { to }) } }}
        >
          {strings.find.conversation}
        </PageLink>
      )}
    </section>
  );
}

function ResultCount({ of }: { of: Filter }) {
  const [text, setText] = useState<string>(strings.find.counting);
  useEffect(() => {
    const left = new AbortController();
    let timer: number | undefined;
    let isFirst = true;
    let waitMs = RECOUNT_MS;
    const count = async (): Promise<void> => {
      timer = undefined;
      const began = performance.now();
      try {
        const counted = strings.count.attachments(await countResults(of, left.signal));
        if (left.signal.aborted) return;
        setText(counted);
        if (isFirst) announce(counted);
        isFirst = false;
      } catch {
        // Why, is said by the list itself.
        if (!left.signal.aborted) setText(strings.find.notCounted);
      }
      waitMs = Math.max(RECOUNT_MS, (performance.now() - began) * RECOUNT_SHARE);
    };
    const countSoon = () => {
      timer ??= window.setTimeout(() => void count(), waitMs);
    };
    setText(strings.find.counting);
    void count();
    const ends = [onLiveEvent(countSoon), onMissedEvents(countSoon)];
    return () => {
      left.abort();
      window.clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [of]);
  return <p class="result-count">{text}</p>;
}
