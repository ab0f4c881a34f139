import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { address, go, hrefOf } from '../address.ts';
import { api, bodyOf } from '../api/client.ts';
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

function useMessage({ messageSid }: MediaItem): Message | undefined {
  const [message, setMessage] = useState<Message>();
  useEffect(() => {
    const abort = new AbortController();
    api
      .GET('/api/v1/messages/{sid}', {
        params: { path: { sid: messageSid } },
        signal: abort.signal,
      })
      .then((answer) => setMessage(bodyOf(answer)))
      // It may be held back while the attachment is not: then there is nothing to show of it.
      .catch(() => setMessage(undefined));
    return () => abort.abort();
  }, [messageSid]);
  return message?.sid === messageSid ? message : undefined;
}
