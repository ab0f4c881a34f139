import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { address, go, hrefOf } from '../address.ts';
import { api, bodyOf } from '../api/client.ts';
import { type LiveEvent, onLiveEvent, onMissedEvents } from '../api/live-events.ts';
import { thumbnailUrl } from '../api/thumbnail-url.ts';
import type { MediaItem, Message } from '../api/types.ts';
import { IconButton } from '../frame/icons.tsx';
import { PageLink } from '../frame/page-link.tsx';
import { describe } from '../grid/tile-text.ts';
import { isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';
import { Fact } from './fact.tsx';
import { formatLongTime } from './format-facts.ts';
import { MediaFacts } from './media-facts.tsx';
import { ReportsFact } from './reports-fact.tsx';
import './info-panel.css';

const texts = strings.viewer;
const KEY = 'viewer-info';

/** On a phone it takes half of the page. */
const narrow = matchMedia('(max-width: 700px)');

/** Whether the panel is shown: as it was the last time, where there is room for both. */
export const isInfoShown = signal(!narrow.matches && localStorage.getItem(KEY) === 'shown');

export function toggleInfo(): void {
  isInfoShown.value = !isInfoShown.peek();
  if (!narrow.matches) localStorage.setItem(KEY, isInfoShown.peek() ? 'shown' : 'hidden');
}

/** Where there is little room, it is for one attachment alone. To be called when another one is open. */
export function closeNarrowInfo(): void {
  if (narrow.matches) isInfoShown.value = false;
}

/** Where an attachment comes from, and what is known of it. */
export function InfoPanel({ item }: { item: MediaItem }) {
  const { sid, messageSid, body, from, to, receivedAt } = item;
  const message = useMessage(item);
  return (
    <aside class="viewer-info" aria-label={texts.info}>
      <header>
        <h2>{texts.info}</h2>
        <IconButton icon="close" label={texts.hideInfo} onClick={toggleInfo} />
      </header>
      {body && (
        <p class="viewer-text" dir="auto">
          {body}
        </p>
      )}
      <dl>
        {from && (
          <Fact name={texts.from}>
            <bdi>{from}</bdi>
            <span class="fact-links">
              <PageLink to={{ page: 'grid', filter: { from } }}>{texts.onlySender}</PageLink>
              <PageLink to={{ page: 'conversation', filter: { from } }}>
                {texts.conversation}
              </PageLink>
            </span>
          </Fact>
        )}
        {to && (
          <Fact name={texts.to}>
            <bdi>{to}</bdi>
          </Fact>
        )}
        <Fact name={texts.received}>
          <time dateTime={receivedAt}>{formatLongTime(receivedAt)}</time>
        </Fact>
        {isModerator.value && <ModerationFacts item={item} />}
        {isModerator.value && <ReportsFact key={sid} sid={sid} />}
        <MediaFacts item={item} />
      </dl>
      {isModerator.value && (
        <PageLink to={{ page: 'desk', filter: {}, story: sid }}>{strings.desk.story.open}</PageLink>
      )}
      {message && <Siblings key={messageSid} message={message} sid={sid} />}
    </aside>
  );
}

function ModerationFacts({ item: { moderation, decision, scan } }: { item: MediaItem }) {
  return (
    <>
      <Fact name={texts.state}>
        {texts.moderation[moderation]}
        {decision && (
          <small>
            {texts.decidedBy(decision.by, formatLongTime(decision.at))}
            {decision.reasonCode && ` · ${decision.reasonCode}`}
            {decision.reason && <span dir="auto"> · {decision.reason}</span>}
          </small>
        )}
      </Fact>
      {scan && scan.labels.length > 0 && (
        <Fact name={texts.labels}>
          <span dir="auto">{scan.labels.join(', ')}</span>
        </Fact>
      )}
    </>
  );
}

/** The other attachments of the message. */
function Siblings({ message, sid }: { message: Message; sid: string }) {
  const others = message.media.filter((other) => other.sid !== sid && other.state !== 'deleted');
  if (others.length === 0) return null;
  return (
    <section>
      <h3>{texts.sameMessage(others.length)}</h3>
      <ul class="viewer-siblings">
        {others.map((other) => {
          const to = { ...address.value, sid: other.sid };
          return (
            <li key={other.sid}>
              <a
                href={hrefOf(to)}
                onClick={(event) => {
                  event.preventDefault();
                  go(to, 'replace');
                }}
              >
                {other.state === 'stored' ? (
                  <img src={thumbnailUrl(other, 'small')} alt={describe(other)} />
                ) : (
                  <span>{other.state === 'pending' ? texts.pending : texts.failed}</span>
                )}
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** The message of an attachment, read again when it or one of its attachments changes. */
function useMessage({ messageSid }: MediaItem): Message | undefined {
  const [message, setMessage] = useState<Message>();
  useEffect(() => {
    let reading = new AbortController();
    let known: Message | undefined;
    /** Attachments that have changed while the message is read: the answer may be older. */
    let changed: Set<string> | undefined;

    async function read(): Promise<void> {
      reading.abort();
      reading = new AbortController();
      const { signal } = reading;
      const meanwhile = new Set<string>();
      changed = meanwhile;
      const options = { params: { path: { sid: messageSid } }, signal };
      const found = await api
        .GET('/api/v1/messages/{sid}', options)
        .then(bodyOf)
        // It may be held back while the attachment is not: then there is nothing to show of it.
        .catch(() => undefined);
      if (signal.aborted) return;
      if (found?.media.some(({ sid }) => meanwhile.has(sid))) return read();
      changed = undefined;
      known = found;
      setMessage(found);
    }

    function receive(event: LiveEvent): void {
      // Some events name only the attachment.
      const isOfKnown = known?.media.some(({ sid }) => sid === event.mediaSid);
      if (event.messageSid === messageSid || isOfKnown) void read();
      else if (event.mediaSid !== undefined) changed?.add(event.mediaSid);
    }

    const ends = [onLiveEvent(receive), onMissedEvents(() => void read())];
    void read();
    return () => {
      reading.abort();
      for (const end of ends) end();
    };
  }, [messageSid]);
  return message?.sid === messageSid ? message : undefined;
}
