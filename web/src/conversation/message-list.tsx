import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { onLiveEvent, onMissedEvents } from '../api/live-events.ts';
import type { Message } from '../api/types.ts';
import { announce, notifyError } from '../frame/announcements.tsx';
import { dayText } from '../frame/day-text.ts';
import { Icon } from '../frame/icons.tsx';
import { strings } from '../strings.ts';
import { Bubble } from './bubble.tsx';
import { followMessages } from './follow-messages.ts';
import { createMessageWindow } from './message-window.ts';
import { createScrollPlace, placeBefore } from './scroll-place.ts';
import { dayKeyOf } from './times.ts';

const texts = strings.conversation;

/** The messages of a sender, and where the reader is among them. */
export function MessageList({ of }: { of: { from: string; to?: string } }) {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [unseen, setUnseen] = useState(0);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const [isAtEnd, setAtEnd] = useState(true);
  const [loaded] = useState(() => createMessageWindow(of));
  const [place] = useState(() => createScrollPlace(() => loaded.isLatest.value));
  const messages = loaded.messages.value;

  useEffect(() => {
    const before = placeBefore();
    const start = before === null ? loaded.loadLatest() : loaded.loadUntil(before.receivedAt);
    void start.catch(report);
    const endFollowing = followMessages(loaded, {
      onEvent: onLiveEvent,
      onGap: onMissedEvents,
      onArrival(sids) {
        announce(texts.arrived(sids.length));
        setFresh(new Set(sids));
        if (!place.isAtEnd()) setUnseen((count) => count + sids.length);
      },
      onError: report,
    });
    return () => {
      endFollowing();
      loaded.close();
    };
  }, []);

  useLayoutEffect(() => {
    if (scroller.current === null || list.current === null) return;
    return place.attach(scroller.current, list.current, (now) => {
      setAtEnd(now);
      if (now) setUnseen(0);
      loadAround();
    });
  }, []);

  useLayoutEffect(() => {
    if (messages === undefined) return;
    place.restore();
    loadAround();
  }, [messages]);

  /** Loads what is about to be scrolled to. */
  function loadAround(): void {
    if (loaded.messages.value === undefined) return;
    const { above, below } = place.room();
    if (above && !loaded.isFirst.value) void loaded.loadOlder().catch(report);
    if (below && !loaded.isLatest.value) void loaded.loadNewer().catch(report);
  }

  async function goToEnd(): Promise<void> {
    try {
      place.stickToEnd();
      if (!loaded.isLatest.value) await loaded.loadLatest();
      place.restore();
      setUnseen(0);
      scroller.current?.focus();
    } catch (error) {
      report(error);
    }
  }

  return (
    <div class="conversation-body">
      <section
        ref={scroller}
        class="conversation-scroll"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
        tabIndex={0}
        aria-label={texts.with(of.from)}
      >
        <div ref={list} class="messages">
          <p class="conversation-start">{startText(messages, loaded.isFirst.value)}</p>
          {daysOf(messages ?? []).map(({ key, heading, items }) => (
            <section key={key} aria-label={heading}>
              <h2>{heading}</h2>
              <ol>
                {items.map(({ message, isOtherRecipient }) => (
                  <Bubble
                    key={message.sid}
                    message={message}
                    isOtherRecipient={of.to === undefined && isOtherRecipient}
                    isNew={fresh.has(message.sid)}
                  />
                ))}
              </ol>
            </section>
          ))}
        </div>
      </section>
      {!isAtEnd && (
        <button
          type="button"
          class="to-latest"
          aria-label={unseen === 0 ? texts.latest : undefined}
          onClick={() => void goToEnd()}
        >
          <span class="to-latest-icon">
            <Icon name="chevronUp" />
          </span>
          {unseen > 0 && texts.arrived(unseen)}
        </button>
      )}
    </div>
  );
}

function report(error: unknown): void {
  // It has been left.
  if (error instanceof DOMException && error.name === 'AbortError') return;
  notifyError(error);
}

function startText(messages: readonly Message[] | undefined, isFirst: boolean): string {
  if (messages?.length === 0) return texts.empty;
  return isFirst ? texts.first : texts.loading;
}

interface Day {
  key: string;
  heading: string;
  items: { message: Message; isOtherRecipient: boolean }[];
}

function daysOf(messages: readonly Message[]): Day[] {
  const days: Day[] = [];
  let before: Message | undefined;
  for (const message of messages) {
    const time = new Date(message.receivedAt);
    const key = dayKeyOf(time);
    if (days.at(-1)?.key !== key) days.push({ key, heading: dayText(time), items: [] });
    const isOtherRecipient = before !== undefined && before.to !== message.to;
    days.at(-1)?.items.push({ message, isOtherRecipient });
    before = message;
  }
  return days;
}
