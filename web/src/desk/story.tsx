import { useEffect, useState } from 'preact/hooks';
import { api, bodyOf } from '../api/client.ts';
import type { Story as StoryOf } from '../api/types.ts';
import { strings } from '../strings.ts';
import { formatLongTime } from '../viewer/format-facts.ts';
import { reasonOf } from '../viewer/media-sources.ts';
import { keepFresh } from './keep-fresh.ts';
import { ReasonText } from './reason-text.tsx';
import { StoryFacts } from './story-facts.tsx';
import './story.css';

const texts = strings.desk.story;
type Item = StoryOf['items'][number];

interface ReadStory {
  /** Undefined until it was read; what is shown stays until it is read anew. */
  story: StoryOf | undefined;
  /** Why it could not be read, for people. */
  reason: string | undefined;
}

/** Follows what happens to an attachment. */
export function useStory(sid: string): ReadStory {
  const [read, setRead] = useState<ReadStory>({ story: undefined, reason: undefined });
  useEffect(() => {
    setRead({ story: undefined, reason: undefined });
    return keepFresh(async () => {
      try {
        const params = { path: { sid } };
        const story = bodyOf(await api.GET('/api/v1/media/{sid}/story', { params }));
        setRead({ story, reason: undefined });
      } catch (error) {
        setRead(({ story }) => ({ story, reason: reasonOf(error) }));
      }
    });
  }, [sid]);
  return read;
}

/** Everything that happened to an attachment, oldest first; also of one that was deleted. */
export function Story({ story, reason }: ReadStory) {
  if (story === undefined) {
    return reason === undefined ? (
      <p class="hint">{strings.viewer.loading}</p>
    ) : (
      <p class="problem">{reason}</p>
    );
  }
  return (
    <>
      {!story.isComplete && <p class="hint">{texts.isCut}</p>}
      <ol class="story">
        {story.items.map((item, index) => (
          // Nothing else tells two of one moment apart, and they stay in this order.
          <Moment key={`${index} ${item.kind}`} item={item} />
        ))}
      </ol>
    </>
  );
}

function Moment({ item }: { item: Item }) {
  const { at, kind, by, reasonCode, reason, text } = item;
  return (
    <li class={`story-moment ${by?.startsWith('system:') ? 'story-rule' : ''}`}>
      <p>
        <strong>{texts.kinds[kind] ?? kind}</strong>
        {by !== null && <span dir="auto"> {texts.by(by)}</span>}
      </p>
      <time dateTime={at}>{formatLongTime(at)}</time>
      <ReasonText code={reasonCode} text={reason} />
      {text !== null && <p dir="auto">{text}</p>}
      <StoryFacts item={item} />
    </li>
  );
}
